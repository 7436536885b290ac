import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Guest } from '../guest/index.js'

/** The local end of a program in the guest: `process` is one. */
export interface Streams {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

const SIGNALLED = 128

/** What sh(1) makes of how a program ended: its status, or 128 and the signal's number. */
export function exitStatus(exit: { readonly code: number | null; readonly signal: string | null }) {
  const { code, signal } = exit
  const number = (constants.signals as Readonly<Record<string, number>>)[`SIG${signal ?? ''}`] ?? 0
  return code ?? SIGNALLED + number
}

/**
 * Runs a command in the guest with these streams. Standard input that nobody reads any more is let go of, whether or not it
 * has ended: a pipe that stays open would keep this process.
 * @returns its exit status
 * @throws ConnectionLost
 */
export async function runAttached(
  guest: Pick<Guest, 'stream'>,
  command: string | readonly string[],
  { stdin, stdout, stderr }: Streams,
): Promise<number> {
  const running = await guest.stream(command)
  // It may end, and close its input, before it has read all.
  running.stdin.on('error', () => undefined)
  stdin.pipe(running.stdin)
  running.stdout.pipe(stdout, { end: false })
  running.stderr.pipe(stderr, { end: false })
  try {
    return exitStatus(await running.exited)
  } finally {
    stdin.unpipe(running.stdin)
    stdin.destroy()
  }
}
