import { connect as dial } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { abortedAfter } from '../../platform/waiting/deadlines.js'
import { ModproveError } from '../../platform/errors.js'
import type { Guest } from '../../guest/index.js'
import type { LossEvidence } from '../../verdict/index.js'
import type { ReadyMachine } from '../../vm/index.js'

/** Whether a guest answered. */
export type Life = Pick<LossEvidence, 'pingAnswered' | 'connection'>

/** Until a guest that does not answer by ssh is asked on its console, too. */
const ELSEWHERE_MS = 500

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
 * @param limitMs how long it may take to answer
 */
export async function askGuest(
  machine: ReadyMachine,
  guest: Guest,
  limitMs: number,
): Promise<Life> {
  const known = new AbortController()
  // A guest that answers soon gets no question on its console.
  const elsewhere = pause(ELSEWHERE_MS, undefined, { signal: known.signal }).catch(() => undefined)
  const asked = elsewhere.then(() =>
    Promise.all([
      machine.answersOnConsole(limitMs, known.signal),
      greets(machine, abortedAfter(limitMs, known.signal)),
    ]),
  )
  const pingAnswered = await guest.ping({ deadlineMs: limitMs }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ModproveError) return false
      throw error
    },
  )
  if (pingAnswered) known.abort()
  const [lives, isReachable] = await asked
  return !pingAnswered && lives && !isReachable
    ? { connection: 'lost', pingAnswered: true }
    : { connection: 'open', pingAnswered }
}

/** Whether sshd sends its banner (RFC 4253, 4.2); QEMU itself accepts any connection. */
function greets({ sshHost, sshPort }: ReadyMachine, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const socket = dial({ host: sshHost, port: sshPort, signal })
    const end = (greeted: boolean) => () => {
      socket.destroy()
      resolve(greeted)
    }
    socket.once('data', end(true)).once('error', end(false)).once('close', end(false))
  })
}
