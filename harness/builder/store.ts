import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { diskFull } from '../platform/disk-full.js'
import { ModproveError } from '../platform/errors.js'
import { cacheFolder } from '../platform/cache-folder.js'
import { withLock } from '../platform/lock.js'
import { isThere } from '../platform/is-there.js'
import { byLastUse, markUsed } from '../platform/last-use.js'
import { findDamage, writeManifest } from './manifest.js'
import type { Work } from './types.js'

export interface Recipe<T> {
  /** Folder below the cache: `kernels`. */
  readonly kind: string
  /** Identifies all inputs (see `contentKey`); the folder's name. */
  readonly key: string
  /** For messages: `kernel 6.1.192 plain`. */
  readonly title: string
  /** Relative paths of files to hash in the manifest; or all, if they are small. */
  readonly hashed: readonly string[] | 'all'
  /** Days after its last use that an entry is deleted, when another is made; default never. */
  readonly keptDays?: number
  /** Disk space for this kind, beyond which the least recently used entries are deleted. */
  readonly keptBytes?: number
  /** The saved value, if JSON has one; undefined if an earlier version saved another. */
  valueFrom(json: unknown): T | undefined
  /** Finds damage that sizes and hashes do not reveal; undefined if there is none. */
  verify?(folder: string, value: T): Promise<string | undefined>
  /** Fills an empty folder. Its return value is saved beside the files as JSON. */
  make(folder: string): T | Promise<T>
}

export interface Stored<T> {
  readonly folder: string
  readonly value: T
}

/** For a recipe whose files are all: it saves no value. */
export const noValue = (): null => null

const VALUE = 'value.json'

/** A whole entry's value, or what is wrong with the entry. */
type CheckedEntry<T> = { readonly value: T } | { readonly damage: string }

/**
 * Returns a cache folder that appears complete or not at all, made once even for concurrent
 * processes. Verified on every use; a damaged one is reported and made again. Its modification time
 * is that of its last use.
 */
export async function stored<T>(recipe: Recipe<T>, work: Work): Promise<Stored<T>> {
  const folder = join(cacheFolder(), recipe.kind, recipe.key)
  const look = async (): Promise<CheckedEntry<T>> => {
    const damage = await findDamage(folder, recipe.key)
    if (damage !== undefined) return { damage }
    const value = await readValue(folder, recipe)
    if (value === undefined) return { damage: `${VALUE} cannot be read` }
    const more = await recipe.verify?.(folder, value)
    return more === undefined ? { value } : { damage: more }
  }
  const use = async (value: T): Promise<Stored<T>> => {
    await markUsed(folder)
    return { folder, value }
  }
  const found = (await isThere(folder)) ? await look() : undefined
  if (found !== undefined && 'value' in found) return use(found.value)
  const make = async () => {
    if (await isThere(folder)) {
      const again = await look()
      if ('value' in again) return use(again.value)
      work.progress.say(`The cached ${recipe.title} is damaged (${again.damage}); making it again`)
      await discard(folder)
    }
    const value = await build(folder, recipe)
    await dropUnused(folder, recipe)
    return use(value)
  }
  return withLock(lockOf(folder), make, {
    signal: work.signal,
    purpose: `making ${recipe.title}`,
    waiting: holder => {
      work.progress.say(`Waiting for ${holder} to make the ${recipe.title}`)
    },
  })
}

/**
 * Drops a complete but useless entry, unless it is being made.
 * @param folder from {@link stored}
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

const lockOf = (folder: string): string => `${basename(dirname(folder))}-${basename(folder)}`

/** Renames first, so readers see it gone at once; open handles stay valid. */
async function discard(folder: string): Promise<void> {
  const aside = `${folder}.${process.pid}.partial`
  await rename(folder, aside).catch((error: NodeJS.ErrnoException) => {
    // Another process may have dropped it.
    if (error.code !== 'ENOENT') throw error
  })
  await rm(aside, { recursive: true, force: true })
}

async function readValue<T>(folder: string, recipe: Recipe<T>): Promise<T | undefined> {
  const text = await readFile(join(folder, VALUE), 'utf8').catch(() => '')
  try {
    return recipe.valueFrom(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** With the lock held, a half-made entry belongs to a dead process. */
async function build<T>(folder: string, recipe: Recipe<T>): Promise<T> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  await sweepPartial(parent, recipe.key)
  const partial = `${folder}.${process.pid}.partial`
  await mkdir(partial)
  try {
    const value = await recipe.make(partial)
    await writeFile(join(partial, VALUE), JSON.stringify(value, null, 2))
    await writeManifest(partial, recipe.key, recipe.hashed)
    await rename(partial, folder)
    return value
  } catch (error) {
    // Checked before cleanup frees the space.
    const full = diskFull(error, `Making the ${recipe.title}`, [parent, tmpdir()], true)
    await rm(partial, { recursive: true, force: true })
    throw full ?? error
  }
}

/** Removes leftovers of killed processes: of this key, and of others that are not locked. */
async function sweepPartial(parent: string, key: string): Promise<void> {
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

const DAY_MS = 24 * 3_600_000

/**
 * Deletes entries unused for too long, and the least recently used beyond the limit; never `made`.
 */
async function dropUnused<T>(made: string, recipe: Recipe<T>): Promise<void> {
  const { keptDays = Infinity, keptBytes = Infinity } = recipe
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

/** Unit of st_blocks; see stat(2). */
const BLOCK_BYTES = 512
