import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFull } from '../../platform/files/disk-full.js'
import { harnessError, ModproveError } from '../../platform/errors.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { isThere } from '../../platform/files/is-there.js'
import { byLastUse, markUsed } from '../../platform/files/last-use.js'
import { during } from '../../platform/terminal/progress.js'
import type { OpenSource } from '../kernels/kernel-source.js'
import { findDamage, writeManifest } from '../manifest.js'
import type { Work } from '../types.js'

const GIB = 1024 ** 3
/** An unpacked source takes 1.5 GiB, a debug kernel's build 0.6 GiB, the part kept 0.1 GiB. */
const NEED_BUILT_GIB = 1
const NEED_PACKED_GIB = 3
/** The newest, for building its next flavour; more would fill the disk. */
const KEPT_SOURCES = 1
/** On a typical host; xz uses one core. */
const UNPACKED_SECONDS = 15

export interface Packed {
  /** Its folder's name among unpacked sources: `linux-source-6.12-6.12.94-1`. */
  readonly name: string
  /** Returns the verified file. */
  fetch(work: Work): Promise<string>
  /** Fills the empty folder `into`. */
  unpack(file: string, into: string, signal: AbortSignal): Promise<unknown>
}

/** Path of an unpacked source. */
export const unpackedTree = (name: string): string => join(cacheFolder(), 'unpacked', name)

/**
 * Returns a kernel's unpacked source, from the cache or newly unpacked; a damaged one is reported
 * and unpacked again. Build folders are directly below it: make then calls the source `..`, and
 * ccache reuses objects of other releases.
 * @throws ModproveError `DISK_FULL` before any work; `SOURCE_DAMAGED`; those of `fetch`
 */
export async function unpacked(packed: Packed, work: Work): Promise<OpenSource> {
  const all = join(cacheFolder(), 'unpacked')
  const tree = unpackedTree(packed.name)
  const open = { tree, outputs: tree, stillSame: () => Promise.resolve() }
  await mkdir(all, { recursive: true })
  if (await isThere(tree)) {
    const damage = await findDamage(tree, packed.name)
    if (damage === undefined) {
      await requireSpace(NEED_BUILT_GIB)
      await markUsed(tree)
      return open
    }
    work.progress.say(`The unpacked ${packed.name} is damaged (${damage}); unpacking it again`)
    await rm(tree, { recursive: true, force: true })
  }
  await dropSources(all, KEPT_SOURCES - 1)
  await dropPartial()
  await requireSpace(NEED_PACKED_GIB)
  await fetchAndFill(tree, packed, work)
  return open
}

/**
 * A file that does not unpack is deleted; it may be damaged in the cache, so it is fetched once
 * more.
 */
async function fetchAndFill(tree: string, packed: Packed, work: Work): Promise<void> {
  for (let again = false; ; again = true) {
    const file = await packed.fetch(work)
    try {
      const title = `unpacking ${packed.name}`
      return await during(work.progress, title, await secondsHere(UNPACKED_SECONDS, 2), () =>
        fill(tree, file, packed, work),
      )
    } catch (error) {
      const isDamaged = error instanceof ModproveError && error.code === 'SOURCE_DAMAGED'
      if (!isDamaged || again) throw error
      work.progress.say(`${error.message}; fetching it again`)
    }
  }
}

async function fill(tree: string, file: string, packed: Packed, { signal }: Work): Promise<void> {
  const partial = `${tree}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial)
  try {
    await packed.unpack(file, partial, signal)
    await writeManifest(partial, packed.name, [])
    await rename(partial, tree)
  } catch (cause) {
    signal.throwIfAborted()
    // Checked before cleanup frees the space; a full disk is not the file's fault.
    const full = diskFull(cause, `Unpacking ${packed.name}`, [cacheFolder()], true)
    if (full !== undefined) throw full
    await rm(file, { force: true })
    throw harnessError('SOURCE_DAMAGED', `${file} could not be unpacked and was removed`, {
      detail: String(cause),
      remedy: 'Run the same command again: it downloads the source again',
      cause,
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Removes unpacked sources but the `keep` used last. */
async function dropSources(folder: string, keep: number): Promise<void> {
  const found = await byLastUse((await readdir(folder)).map(name => join(folder, name)))
  for (const { path } of found.slice(keep)) await rm(path, { recursive: true, force: true })
}

/** Removes partial downloads of killed processes; the kernel build lock is held. */
async function dropPartial(): Promise<void> {
  const sources = join(cacheFolder(), 'sources')
  for (const name of await readdir(sources).catch(() => []))
    if (name.endsWith('.partial')) await rm(join(sources, name), { recursive: true, force: true })
}

/** @throws ModproveError `DISK_FULL` */
async function requireSpace(needGib: number): Promise<void> {
  const folder = cacheFolder()
  const { bavail, bsize } = await statfs(folder)
  const freeGib = (bavail * bsize) / GIB
  if (freeGib >= needGib) return
  throw harnessError(
    'DISK_FULL',
    `Building a kernel needs ${needGib} GiB in ${folder}, and ${freeGib.toFixed(1)} GiB are free`,
    { remedy: `Free space there, or name a folder on another disk in MODPROVE_CACHE` },
  )
}
