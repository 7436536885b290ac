.PHONY: run test bench gallery nightly setup

run: setup
	@node harness/cli/modprove.js run

# Its set-up installs what only tests need, too.
test: setup_options = --tests
test: setup
	@npm run --silent lint
	@npm run --silent format:check
	@npm run --silent typecheck
	@npm test --silent

bench: setup
	@node harness/cli/modprove.js bench

gallery: setup
	@node harness/cli/modprove.js gallery

nightly: setup
	@node harness/cli/modprove.js nightly

setup:
	@command -v node >/dev/null || { echo 'modprove needs Node 20.12 or newer: https://nodejs.org' >&2; exit 3; }
	@node harness/cli/setup.js $(setup_options)
