const PAUSE_MS = 5

/**
 * Reads a value that the kernel settles later (deferred work, another process's exit), until it is
 * as expected or the time limit passes.
 *
 * @returns the last value, to be asserted on
 */
export async function eventually<Value>(
  read: () => Promise<Value>,
  isExpected: (value: Value) => boolean,
  withinMs = 10_000,
): Promise<Value> {
  const since = performance.now()
  for (;;) {
    const value = await read()
    if (isExpected(value) || performance.now() - since >= withinMs) return value
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  }
}
