#!/bin/sh
# Runs "-c COMMAND" with bash, so that it does not outlive the harness.
# PR_SET_PDEATHSIG (prctl(2)) reaches one process: the trap kills the group, which this shell leads.
# MODPROVE_OWNER closes a race: the harness may die before the signal is set.
exec setpriv --pdeathsig TERM bash -c '
trap "kill -KILL 0" TERM
if [ -n "${MODPROVE_OWNER:-}" ] && [ "$PPID" != "$MODPROVE_OWNER" ]; then exit 137; fi
bash "$@" &
wait $!
' guard "$@"
