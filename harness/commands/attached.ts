import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Guest } from '../guest/index.js'

/** The local end of a program in the guest, such as `process`. */
export interface Streams {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

const SIGNALLED = 128

/** Returns sh(1)'s exit status for a program: its own, or 128 plus the signal's number. */
export function exitStatus(exit: { readonly code: number | null; readonly signal: string | null }) {
  const { code, signal } = exit
  const number = (constants.signals as Readonly<Record<string, number>>)[`SIG${signal ?? ''}`] ?? 0
  return code ?? SIGNALLED + number
}

/**
 * Runs a command in the guest with these streams. Standard input is released afterwards, even if it
 * has not ended: an open pipe would keep this process running.
 * @returns its exit status
 * @throws ConnectionLost
 */
export async function runAttached(
  guest: Pick<Guest, 'stream'>,
  command: string | readonly string[],
  { stdin, stdout, stderr }: Streams,
): Promise<number> {
  const running = await guest.stream(command)
  // The program may exit, and close its input, before it has read everything.
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
