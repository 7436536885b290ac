import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder, withLock } from '../paths.js'
import { findDamage, writeManifest } from './manifest.js'
import type { Work } from './types.js'

export interface Recipe<T> {
  /** Folder below the cache: `kernels`. */
  readonly kind: string
  /** Names all that goes in, see `contentKey`; the folder's name. */
  readonly key: string
  /** For messages and for those who wait: `kernel 6.1.192 plain`. */
  readonly title: string
  /** Files whose content is hashed into the manifest, relative to the folder. */
  readonly hashed: readonly string[]
  /** Entries of this kind that were not used for so long go when another is made; by default none does. */
  readonly keptDays?: number
  /** Fills an empty folder. What it returns is kept beside the files, as JSON. */
  make(folder: string): T | Promise<T>
}

export interface Stored<T> {
  readonly folder: string
  readonly value: T
}

const VALUE = 'value.json'

/**
 * A folder of the cache that appears whole or not at all, made once however many processes ask for it.
 * It is verified on every use; a damaged one is made again, and that is said. Its modification time is
 * that of its last use.
 */
export async function stored<T>(recipe: Recipe<T>, work: Work): Promise<Stored<T>> {
  const folder = join(cacheFolder(), recipe.kind, recipe.key)
  if ((await exists(folder)) && (await findDamage(folder)) === undefined) return use<T>(folder)
  const make = async () => {
    if (await exists(folder)) {
      const damage = await findDamage(folder)
      if (damage === undefined) return use<T>(folder)
      work.progress.say(`The cached ${recipe.title} is damaged (${damage}); making it again`)
      await rm(folder, { recursive: true, force: true })
    }
    await build(folder, recipe)
    if (recipe.keptDays !== undefined) await dropUnused(dirname(folder), recipe.keptDays)
    return use<T>(folder)
  }
  return withLock(`${recipe.kind}-${recipe.key}`, make, {
    signal: work.signal,
    purpose: `making ${recipe.title}`,
    waiting: holder => {
      work.progress.say(`Waiting for ${holder} to make the ${recipe.title}`)
    },
  })
}

async function use<T>(folder: string): Promise<Stored<T>> {
  const now = new Date()
  await utimes(folder, now, now)
  return { folder, value: JSON.parse(await readFile(join(folder, VALUE), 'utf8')) as T }
}

/** The lock is held: what lies there half-made is of a process that died. */
async function build<T>(folder: string, recipe: Recipe<T>): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  await sweepPartial(parent, recipe.key)
  const partial = `${folder}.${process.pid}.partial`
  await mkdir(partial)
  try {
    const value = await recipe.make(partial)
    await writeFile(join(partial, VALUE), JSON.stringify(value ?? null, null, 2))
    await writeManifest(partial, recipe.hashed)
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

/** Removes what killed processes left: of this key, and whatever is older than any build may last. */
async function sweepPartial(parent: string, key: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.endsWith('.partial')) continue
    const path = join(parent, name)
    const changedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity
    if (name.startsWith(`${key}.`) || Date.now() - changedMs > DAY_MS) {
      await rm(path, { recursive: true, force: true })
    }
  }
}

const DAY_MS = 24 * 3_600_000

async function dropUnused(parent: string, keptDays: number): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    const usedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity
    if (Date.now() - usedMs > keptDays * DAY_MS) await rm(path, { recursive: true, force: true })
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
