#!/bin/sh
# A shell for commands that must not outlive the harness: takes what sh takes ("-c COMMAND") and runs it
# with bash. prctl(2) PR_SET_PDEATHSIG reaches one process only, so this one turns it into a kill of the
# whole process group; the caller starts it as a group leader. MODPROVE_OWNER closes the race in which the
# harness died before the signal was asked for.
exec setpriv --pdeathsig TERM bash -c '
trap "kill -KILL 0" TERM
if [ -n "${MODPROVE_OWNER:-}" ] && [ "$PPID" != "$MODPROVE_OWNER" ]; then exit 137; fi
bash "$@" &
wait $!
' guard "$@"
