import { startCountdown } from '../platform/deadlines.js'

/** The machine ended before the work did. */
export class MachineGone extends Error {
  override readonly name = 'MachineGone'
}

/** The work exceeded its time limit. */
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
  /** How long the machine has been stopped until now; extends the limit. */
  readonly stoppedMs?: () => number
  /** What else may end the wait: they reject. */
  readonly hung?: readonly Promise<never>[]
}

/**
 * Waits for work within limits. Work that lost the race continues; its later errors are ignored.
 *
 * @throws MachineGone, DeadlinePassed, the signal's reason, what one of `hung` rejects with, or the
 * work's
 * own error
 */
export async function race<T>(work: Promise<T>, limits: Limits): Promise<T> {
  const { gone, limitMs, signal } = limits
  signal.throwIfAborted()
  work.catch(() => undefined)
  let forget: (() => void) | undefined
  let onAbort: (() => void) | undefined
  const overtaken = new Promise<never>((_, reject) => {
    forget = startCountdown(limitMs, () => reject(new DeadlinePassed(limitMs)), limits)
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
