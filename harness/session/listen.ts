import { setTimeout as pause } from 'node:timers/promises'

/**
 * How long the kernel may still report after a test's last step, or after its connection was cut:
 * from a delayed work or a timer. In the guest's time, which follows the host's clock on every
 * accelerator.
 */
export const LATE_MS = 3_000

/** Waits for late reports, and for other work; stops early if the machine is gone. */
export async function listen(
  session: { readonly gone: Promise<unknown> },
  ms: number,
  signal: AbortSignal,
  work: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const over = new AbortController()
  const silence = pause(Math.max(0, ms), undefined, {
    signal: AbortSignal.any([signal, over.signal]),
  })
  // Failures of `work` show when the machine's end is read.
  await Promise.race([session.gone, Promise.allSettled([silence, work])])
  over.abort()
  signal.throwIfAborted()
}
