import { connect as dial } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { abortedAfter, ROOM, startCountdown } from '../../platform/waiting/deadlines.js'
import { ModproveError } from '../../platform/errors.js'
import type { Guest } from '../../guest/index.js'
import type { LossEvidence } from '../../verdict/index.js'
import type { ReadyMachine } from '../../vm/index.js'

/** Whether a guest answered. */
export type Life = Pick<LossEvidence, 'pingAnswered' | 'connection'>

/** Until a guest that does not answer by ssh is asked on its console, too. */
const ELSEWHERE_MS = 500

/** Between looks at how long a guest has run. */
const LOOK_MS = 250
/** A console answers within a fraction of the time that a login takes. */
const LOGINS = 5
/** What ended a connection may be printed, or restart the guest, within this time. */
const LEAST_MS = 3_000

/**
 * How long a guest whose connection is lost may take to answer on its console.
 * @param connectMs how long it took to be connected
 */
export const consoleLimitMs = (connectMs: number): number => Math.max(LEAST_MS, LOGINS * connectMs)

/**
 * Asks a connected guest whether it lives, by ssh and on its console; a cut connection is not the
 * test's fault.
 * @param limitMs how long it may take to answer: of a guest that runs, in real time; waits for a
 *   CPU of a busy host do not count for one that hardly runs
 * @param sshMs how long sshd may take when the console has answered
 */
export async function askGuest(
  machine: Pick<ReadyMachine, 'answersOnConsole' | 'ranMs' | 'sshHost' | 'sshPort'>,
  guest: Pick<Guest, 'ping'>,
  { limitMs, sshMs }: { readonly limitMs: number; readonly sshMs: number },
): Promise<Life> {
  const known = new AbortController()
  const pinged = guest.ping({ deadlineMs: limitMs }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ModproveError) return false
      throw error
    },
  )
  // A guest that answers soon gets no question on its console.
  const elsewhere = pause(ELSEWHERE_MS, undefined, { signal: known.signal }).catch(() => undefined)
  const cutOff = elsewhere.then(async () => {
    const lives = await machine.answersOnConsole(limitMs, known.signal)
    // Its user space runs, so sshd needs no longer than it did before.
    return lives && !(await greets(machine, abortedAfter(sshMs, known.signal)))
  })
  const inVain = ranFor(machine, limitMs, known.signal).then(() => {
    known.abort()
    return false
  })
  const answered = cutOff.then(cut => (cut ? false : pinged))
  const pingAnswered = await Promise.race([pinged, answered, inVain])
  if (pingAnswered) known.abort()
  const isCutOff = await cutOff
  known.abort()
  return !pingAnswered && isCutOff
    ? { connection: 'lost', pingAnswered: true }
    : { connection: 'open', pingAnswered }
}

/** Resolves after this time, when the guest had the share of a CPU that every limit allows for. */
async function ranFor(
  machine: Pick<ReadyMachine, 'ranMs'>,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const before = machine.ranMs
  await new Promise<void>(resolve => {
    const forget = startCountdown(limitMs, resolve)
    signal.addEventListener('abort', forget)
  })
  while (machine.ranMs - before < limitMs / ROOM && !signal.aborted) await pause(LOOK_MS)
}

/** Whether sshd sends its banner (RFC 4253, 4.2); QEMU itself accepts any connection. */
function greets(
  { sshHost, sshPort }: Pick<ReadyMachine, 'sshHost' | 'sshPort'>,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise(resolve => {
    const socket = dial({ host: sshHost, port: sshPort, signal })
    const end = (greeted: boolean) => () => {
      socket.destroy()
      resolve(greeted)
    }
    socket.once('data', end(true)).once('error', end(false)).once('close', end(false))
  })
}
