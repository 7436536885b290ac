import { afterRunning } from '../deadlines.js'

/** The machine went away under a piece of work. */
export class MachineGone extends Error {
  override readonly name = 'MachineGone'
}

/** A piece of work did not end in its time. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`did not end within ${(limitMs / 1000).toFixed(1)} s`)
    this.limitMs = limitMs
  }
}

export interface Limits {
  readonly gone: Promise<void>
  readonly limitMs: number
  readonly signal: AbortSignal
  /** How long the machine has been stopped until now: that much more time there is. */
  readonly stoppedMs?: () => number
  /** What else may overtake the work: they reject. */
  readonly hung?: readonly Promise<never>[]
}

/**
 * Waits for work that may be overtaken. Work that lost the race goes on unheard: what it throws later is
 * of no consequence any more.
 *
 * @throws MachineGone, DeadlinePassed, the signal's reason, what one of `hung` rejects with, or what the work throws
 */
export async function race<T>(work: Promise<T>, limits: Limits): Promise<T> {
  const { gone, limitMs, signal } = limits
  signal.throwIfAborted()
  work.catch(() => undefined)
  let forget: (() => void) | undefined
  let onAbort: (() => void) | undefined
  const overtaken = new Promise<never>((_, reject) => {
    forget = afterRunning(limitMs, () => reject(new DeadlinePassed(limitMs)), limits)
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    for (const overtakes of limits.hung ?? []) overtakes.catch(reject)
    void gone.then(() => reject(new MachineGone('the machine is gone')))
  })
  try {
    return await Promise.race([work, overtaken])
  } finally {
    forget?.()
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
  }
}
