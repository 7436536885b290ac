import { stat, utimes } from 'node:fs/promises'

/** Marks a cached file or folder as used now: its modification time says when it last was. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now)
}

export interface Used {
  readonly path: string
  readonly usedMs: number
}

/** Paths by their last use, the latest first; without those that have vanished. */
export async function byLastUse(paths: readonly string[]): Promise<Used[]> {
  const used = paths.map(async path => ({ path, usedMs: (await stat(path)).mtimeMs }))
  const found = await Promise.allSettled(used)
  return found
    .flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    .sort((a, b) => b.usedMs - a.usedMs)
}
