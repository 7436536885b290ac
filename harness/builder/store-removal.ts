import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ModproveError } from '../platform/errors.js'
import { byLastUse } from '../platform/files/last-use.js'
import { withLock } from '../platform/files/lock.js'
import type { Work } from './types.js'

const DAY_MS = 24 * 3_600_000

/** Unit of st_blocks; see stat(2). */
const BLOCK_BYTES = 512

/** How long, and how many, entries of a kind are kept. */
export interface KeepLimits {
  /** Days after its last use that an entry is deleted, when another is made; default never. */
  readonly keptDays?: number
  /** Disk space for this kind, beyond which the least recently used entries are deleted. */
  readonly keptBytes?: number
}

/** The lock of a folder of the cache. */
export const lockOf = (folder: string): string => `${basename(dirname(folder))}-${basename(folder)}`

/** Renames first, so readers see it gone at once; open handles stay valid. */
export async function discard(folder: string): Promise<void> {
  const aside = `${folder}.${process.pid}.partial`
  await rename(folder, aside).catch((error: NodeJS.ErrnoException) => {
    // Another process may have dropped it.
    if (error.code !== 'ENOENT') throw error
  })
  await rm(aside, { recursive: true, force: true })
}

/**
 * Drops a complete but useless entry, unless it is being made.
 * @param folder of the cache
 * @param isStill whether it is still the same entry: another process may have replaced it
 * @returns whether it was dropped
 */
export function dropStored(
  folder: string,
  isStill: () => Promise<boolean>,
  { signal }: Work,
): Promise<boolean> {
  const drop = async () => {
    if (!(await isStill())) return false
    await discard(folder)
    return true
  }
  return withLock(lockOf(folder), drop, { signal, purpose: `dropping ${basename(folder)}` })
}

/** Removes leftovers of killed processes: of this key, and of others that are not locked. */
export async function sweepPartial(parent: string, key: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, of] = /^(.+)\.\d+\.partial$/.exec(name) ?? []
    if (of === undefined) continue
    const remove = () => rm(join(parent, name), { recursive: true, force: true })
    if (of === key) await remove()
    else {
      const lock = lockOf(join(parent, of))
      await withLock(lock, remove, { deadlineMs: 0, purpose: `sweeping ${name}` }).catch(isHeld)
    }
  }
}

/** @throws any other error of a lock */
function isHeld(error: unknown): void {
  if (!(error instanceof ModproveError && error.code === 'LOCK_TIMEOUT')) throw error
}

/**
 * Deletes entries unused for too long, and the least recently used beyond the limit; never `made`.
 */
export async function dropUnused(
  made: string,
  { keptDays = Infinity, keptBytes = Infinity }: KeepLimits,
): Promise<void> {
  if (keptDays === Infinity && keptBytes === Infinity) return
  const others = (await readdir(dirname(made)))
    .map(name => join(dirname(made), name))
    .filter(path => path !== made && !path.endsWith('.partial'))
  let bytes = keptBytes === Infinity ? 0 : await diskBytes(made)
  for (const { path, usedMs } of await byLastUse(others)) {
    if (keptBytes !== Infinity) bytes += await diskBytes(path)
    if (Date.now() - usedMs <= keptDays * DAY_MS && bytes <= keptBytes) continue
    await discard(path)
  }
}

/** Disk space used, which for sparse files is less than their size. */
async function diskBytes(folder: string): Promise<number> {
  let blocks = 0
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    blocks += (await stat(join(folder, name)).catch(() => undefined))?.blocks ?? 0
  }
  return blocks * BLOCK_BYTES
}
