export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: Error) => void
}

/** A promise, and what settles it: Promise.withResolvers() of Node 22. */
export function deferred<T = void>(): Deferred<T> {
  let parts: Omit<Deferred<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => (parts = { resolve, reject }))
  if (parts === undefined) throw new Error('the promise did not start')
  return { promise, ...parts }
}
