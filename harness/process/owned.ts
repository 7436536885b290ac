import { execa, type ResultPromise } from 'execa'

const options = {
  // Its own process group: a Ctrl+C at the terminal reaches the harness alone, which ends it in order.
  detached: true,
  reject: false,
  buffer: false,
  stdin: 'pipe',
  stdout: 'pipe',
  stderr: 'pipe',
} as const

export type OwnedProcess = ResultPromise<typeof options>

/**
 * Starts one long-lived program with piped streams that dies with the harness, however the harness dies:
 * prctl(2) PR_SET_PDEATHSIG reaches it even after `kill -9`. The shell between the two closes the race in
 * which the harness died before the death signal was asked for.
 *
 * The promise resolves when the program ends and never rejects for an exit status.
 */
export function owned(file: string, args: readonly string[]): OwnedProcess {
  const guard = '[ "$PPID" = "$0" ] || exit 137; exec "$@"'
  return execa(
    'setpriv',
    ['--pdeathsig', 'KILL', 'sh', '-c', guard, String(process.pid), file, ...args],
    options,
  )
}
