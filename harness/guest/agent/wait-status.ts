import * as processes from '../abi/processes.js'

/** How a process ended: wait(2). */
export interface WaitStatus {
  /** Exit status; null if a signal ended it. */
  readonly code: number | null
  /** `SIGKILL`; null if it exited. */
  readonly signal: string | null
}

const signals: ReadonlyMap<number, string> = new Map(
  Object.entries(processes).flatMap(([name, number]) =>
    name.startsWith('SIG') ? [[number, name] as const] : [],
  ),
)

/** `SIGKILL`; an unnamed signal is shown by number. */
const signalName = (number: number): string => signals.get(number) ?? `signal ${number}`

export function decodeWaitStatus(status: number): WaitStatus {
  const signal = status & 0x7f
  return signal === 0
    ? { code: (status >>> 8) & 0xff, signal: null }
    : { code: null, signal: signalName(signal) }
}

export const howItEnded = ({ code, signal }: WaitStatus): string =>
  signal === null ? `exited with ${code}` : `was killed by ${signal}`
