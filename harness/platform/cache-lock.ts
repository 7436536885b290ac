import { join } from 'node:path'
import { cacheFolder } from './cache-folder.js'
import { withLockAt, type LockOptions } from './lock.js'

/** Runs `work` alone among all processes that use this cache folder; see `withLockAt`. */
export function withLock<T>(
  name: string,
  work: () => Promise<T>,
  options?: LockOptions,
): Promise<T> {
  const file = `${name.replaceAll(/[^\w.+-]/g, '_')}.lock`
  return withLockAt(join(cacheFolder(), 'locks', file), work, options)
}
