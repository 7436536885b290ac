import { startCountdown } from '../../platform/waiting/deadlines.js'

/** The machine ended before the work did. */
export class MachineGone extends Error {
  override readonly name = 'MachineGone'
}

/** Waiting for the work is useless; its message says why. */
export class NotReturned extends Error {
  override readonly name: string = 'NotReturned'
}

/** The work exceeded its time limit. */
export class DeadlinePassed extends NotReturned {
  override readonly name = 'DeadlinePassed'
  readonly limitMs: number

  /** @param stoppedMs how long the machine was stopped meanwhile, which does not count */
  constructor(limitMs: number, stoppedMs: number) {
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
    const besides = `, besides ${seconds(stoppedMs)} that its machine waited for a processor`
    super(`did not end within ${seconds(limitMs)}${stoppedMs > limitMs / 2 ? besides : ''}`)
    this.limitMs = limitMs
  }
}

export interface WaitLimits {
  readonly limitMs: number
  /** Resolves when the machine has ended. */
  readonly gone?: Promise<void>
  readonly signal?: AbortSignal
  /** How long the machine has been stopped until now; extends the limit. */
  readonly stoppedMs?: () => number
  /** What else may end the wait: they reject. */
  readonly hung?: readonly Promise<never>[]
}

/**
 * Waits for work within limits. Work that lost the race continues; its later errors are ignored.
 *
 * @throws MachineGone, DeadlinePassed, the signal's reason, what one of `hung` rejects with, or the
 * work's own error
 */
export async function race<T>(work: Promise<T>, limits: WaitLimits): Promise<T> {
  const { gone, limitMs, signal, stoppedMs = () => 0, hung = [] } = limits
  signal?.throwIfAborted()
  work.catch(() => undefined)
  const over = new AbortController()
  const overtaken = new Promise<never>((_, reject) => {
    const before = stoppedMs()
    const late = () => reject(new DeadlinePassed(limitMs, stoppedMs() - before))
    const forget = startCountdown(limitMs, late, { stoppedMs })
    over.signal.addEventListener('abort', forget)
    const aborted = (): void => reject(signal?.reason as Error)
    signal?.addEventListener('abort', aborted, { signal: over.signal })
    for (const overtakes of hung) overtakes.catch(reject)
    void gone?.then(() => reject(new MachineGone('the machine is gone')))
  })
  try {
    return await Promise.race([work, overtaken])
  } finally {
    over.abort()
  }
}
