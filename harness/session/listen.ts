import { setTimeout as pause } from 'node:timers/promises'

/**
 * How long after a test's last step, or after its connection was cut, the kernel may still have something to say of it: of a
 * delayed work or a timer that it armed. In the guest's time, which goes by the host's clock whatever the accelerator.
 */
export const LATE_MS = 3_000

/** Waits while a machine may still say something, and for other work besides; no longer than it lives. */
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
  // What goes wrong in a machine meanwhile is told when it is asked for its end.
  await Promise.race([session.gone, Promise.allSettled([silence, work])])
  over.abort()
  signal.throwIfAborted()
}
