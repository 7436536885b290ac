import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { diskFull } from '../platform/files/disk-full.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { withLock } from '../platform/files/lock.js'
import { isThere } from '../platform/files/is-there.js'
import { markUsed } from '../platform/files/last-use.js'
import { findDamage, writeManifest } from './manifest.js'
import { discard, dropUnused, lockOf, sweepPartial, type KeepLimits } from './store-removal.js'
import type { Work } from './types.js'

/** What is stored: each kind's folder below the cache. */
export const storedKinds = [
  ...(['exports', 'initramfs', 'kernels', 'modules', 'packages', 'programs', 'qemu'] as const),
  ...(['selftests', 'templates'] as const),
]

export interface Recipe<T> extends KeepLimits {
  readonly kind: (typeof storedKinds)[number]
  /** Identifies all inputs (see `contentKey`); the folder's name. */
  readonly key: string
  /** For messages: `kernel 6.1.192 plain`. */
  readonly title: string
  /** Relative paths of files to hash in the manifest; or all, if they are small. */
  readonly hashed: readonly string[] | 'all'
  /** The saved value, if JSON has one; undefined if an earlier version saved another. */
  valueFrom(json: unknown): T | undefined
  /** Finds damage that sizes and hashes do not reveal; undefined if there is none. */
  verify?(folder: string, value: T): Promise<string | undefined>
  /**
   * Fills an empty folder. Its return value is saved beside the files as JSON.
   * @param home the folder's later path
   */
  make(folder: string, home: string): T | Promise<T>
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
    const value = await recipe.make(partial, folder)
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
