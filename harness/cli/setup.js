// Set-up without npm packages: plain JavaScript. `make run` and `make test` start with it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import process from 'node:process'

const root = fileURLToPath(new URL('../..', import.meta.url))
const HARNESS_FAILED = 3

function stop(message, remedy) {
  console.error(`modprove set-up: ${message}\n  → ${remedy}`)
  process.exit(HARNESS_FAILED)
}

/** What npm prints of its own scripts, and apt-get of each package, is no news. */
const ERRORS_ALONE = { stdio: ['ignore', 'ignore', 'inherit'] }

/** @returns {boolean} whether the command ended with status 0 */
function succeeds(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options }).status === 0
}

function installed(name) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
    encoding: 'utf8',
  })
  if (query.error !== undefined) {
    stop(
      'this is neither Debian nor Ubuntu: there is no dpkg-query',
      'install what harness/builder/requirements.json lists by hand, then run: npm ci',
    )
  }
  return query.stdout === 'installed'
}

/** @param {(message: string, remedy: string) => void} fail reports an error and its remedy */
function installPackages(requirements, fail) {
  const missing = [...new Set(requirements.map(({ package: name }) => name))].filter(
    name => !installed(name),
  )
  if (missing.length === 0) return
  console.log(`modprove set-up: installing Debian packages: ${missing.join(' ')}`)
  const install = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...missing]
  const byHand = `apt-get update && ${install.join(' ')}`
  const isRoot = process.getuid() === 0
  // sudo can ask for a password only on a terminal.
  const sudo = isRoot ? [] : process.stdin.isTTY ? ['sudo'] : ['sudo', '-n']
  if (
    !isRoot &&
    !succeeds(sudo[0], [...sudo.slice(1), 'true'], { stdio: ['inherit', 'ignore', 'ignore'] })
  ) {
    fail('they need root, and sudo does not give it', `run as root: ${byHand}`)
    return
  }
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive']
  for (const command of [['apt-get', 'update', '-q'], install]) {
    const [file, ...args] = [...sudo, ...env, ...command]
    if (!succeeds(file, args, ERRORS_ALONE)) {
      fail(`"${command.join(' ')}" failed`, `run as root, and see what it says: ${byHand}`)
      return
    }
  }
}

function installNpmPackages() {
  const stamp = `${root}/node_modules/.modprove-lock`
  const lock = createHash('sha256')
    .update(readFileSync(`${root}/package-lock.json`))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.log('modprove set-up: installing npm packages (npm ci)')
  const words = ['ci', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  if (!succeeds('npm', words, ERRORS_ALONE)) {
    stop('npm ci failed', 'see what it says above, then run: npm ci')
  }
  writeFileSync(stamp, lock)
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 12)) {
  stop(
    `Node ${process.versions.node} is too old: 20.12 or newer is needed`,
    'install it, for example from nodejs.org or nodesource.com',
  )
}
const requirements = JSON.parse(readFileSync(`${root}/harness/builder/requirements.json`, 'utf8'))
installPackages(
  requirements.filter(one => one.for === undefined),
  stop,
)
for (const group of ['tests', 'slurm']) {
  if (!process.argv.includes(`--${group}`)) continue
  // Optional, because not every archive has them: Ubuntu's has Chromium only as a snap.
  installPackages(
    requirements.filter(one => one.for === group),
    (message, remedy) =>
      console.error(`modprove set-up: ${message}; its tests are skipped\n  → ${remedy}`),
  )
}
installNpmPackages()
