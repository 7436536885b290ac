import { mkdir, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../errors.js'
import { cacheFolder } from '../paths.js'
import { during } from '../progress.js'
import type { OpenSource } from './kernel-source.js'
import type { Work } from './types.js'

const GIB = 1024 ** 3
/** An unpacked source has 1.5 GiB, a debug kernel's build 0.6 GiB, what is kept of it 0.1 GiB. */
const NEED_BUILT_GIB = 1
const NEED_PACKED_GIB = 3
/** The newest serves the next flavour; more would fill the disk. */
const KEPT_SOURCES = 1

export interface Packed {
  /** Names its folder among unpacked sources: `linux-source-6.12-6.12.94-1`. */
  readonly name: string
  /** Fetches the whole, verified file. */
  fetch(work: Work): Promise<string>
  /** Fills the empty folder `into`. */
  unpack(file: string, into: string, signal: AbortSignal): Promise<unknown>
}

/**
 * The unpacked source of a kernel, from the cache or unpacked now. It is built in folders directly below it:
 * make then calls the source `..`, and ccache finds the objects of another release again.
 * @throws ModproveError `DISK_FULL` before any work; `SOURCE_DAMAGED`; those of `fetch`
 */
export async function unpacked(packed: Packed, work: Work): Promise<OpenSource> {
  const all = join(cacheFolder(), 'unpacked')
  const tree = join(all, packed.name)
  const open = { tree, outputs: tree, stillSame: () => Promise.resolve() }
  await mkdir(all, { recursive: true })
  if ((await stat(tree).catch(() => undefined)) !== undefined) {
    await requireSpace(NEED_BUILT_GIB)
    const now = new Date()
    await utimes(tree, now, now)
    return open
  }
  await dropSources(all, KEPT_SOURCES - 1)
  await requireSpace(NEED_PACKED_GIB)
  const file = await packed.fetch(work)
  await during(work.progress, `unpacking ${packed.name}`, 15, () => fill(tree, file, packed, work))
  return open
}

async function fill(tree: string, file: string, packed: Packed, { signal }: Work): Promise<void> {
  const partial = `${tree}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial)
  try {
    await packed.unpack(file, partial, signal)
    await rename(partial, tree)
  } catch (cause) {
    signal.throwIfAborted()
    await rm(file, { force: true })
    throw harnessError('SOURCE_DAMAGED', `${file} could not be unpacked and was removed`, {
      detail: String(cause),
      remedy: 'Run the same command again: it downloads the source anew',
      cause,
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Removes unpacked sources but the `keep` used last. */
async function dropSources(folder: string, keep: number): Promise<void> {
  const found: { path: string; usedMs: number }[] = []
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    found.push({ path, usedMs: (await stat(path)).mtimeMs })
  }
  found.sort((a, b) => b.usedMs - a.usedMs)
  for (const { path } of found.slice(keep)) await rm(path, { recursive: true, force: true })
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
