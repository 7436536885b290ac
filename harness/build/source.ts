import { mkdir, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../errors.js'
import { cacheFolder } from '../paths.js'
import { during } from '../progress.js'
import { script } from '../process/script.js'
import { downloadSource, type SourcePackage } from './archive.js'
import type { Work } from './types.js'

const GIB = 1024 ** 3
/** An unpacked source has 1.5 GiB, a debug kernel's build 0.6 GiB, what is kept of it 0.1 GiB. */
const NEED_UNPACKED_GIB = 1
const NEED_PACKED_GIB = 3
/** The newest serves the next flavour; more would fill the disk. */
const KEPT_SOURCES = 1

const sourcesFolder = (): string => join(cacheFolder(), 'unpacked')

/**
 * The unpacked source of a kernel. The caller holds the lock under which kernels are built, and builds in
 * a folder directly below the source: make then calls the source `..`, and ccache finds the objects of
 * another release again.
 * @throws ModproveError `DISK_FULL` before any work; `SOURCE_DAMAGED`; those of `downloadSource`
 */
export async function unpackedSource(source: SourcePackage, work: Work): Promise<string> {
  const folder = join(sourcesFolder(), `${source.package}-${source.version}`)
  const there = (await stat(folder).catch(() => undefined)) !== undefined
  await mkdir(sourcesFolder(), { recursive: true })
  if (!there) await dropSources(source, KEPT_SOURCES - 1)
  await requireSpace(there ? NEED_UNPACKED_GIB : NEED_PACKED_GIB)
  if (there) {
    const now = new Date()
    await utimes(folder, now, now)
    return folder
  }
  const deb = await downloadSource(source, work)
  await during(work.progress, `unpacking ${source.package} ${source.version}`, 15, () =>
    unpack(deb, source, folder, work),
  )
  return folder
}

async function unpack(deb: string, source: SourcePackage, folder: string, { signal }: Work) {
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial)
  const $ = script({ cwd: partial, signal })
  try {
    const tarball = `./usr/src/${source.package}.tar.xz`
    await $`dpkg-deb --fsys-tarfile ${deb} | tar -xO ${tarball} | tar -xJ --strip-components=1`
    await rename(partial, folder)
  } catch (cause) {
    signal.throwIfAborted()
    await rm(deb, { force: true })
    throw harnessError('SOURCE_DAMAGED', `${deb} could not be unpacked and was removed`, {
      detail: String(cause),
      remedy: 'Run the same command again: it downloads the package anew',
      cause,
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Removes unpacked sources but the `keep` used last and the one that is wanted now. */
async function dropSources(wanted: SourcePackage, keep: number): Promise<void> {
  const folder = sourcesFolder()
  const others: { path: string; usedMs: number }[] = []
  for (const name of await readdir(folder)) {
    if (name === `${wanted.package}-${wanted.version}`) continue
    const path = join(folder, name)
    others.push({ path, usedMs: (await stat(path)).mtimeMs })
  }
  others.sort((a, b) => b.usedMs - a.usedMs)
  for (const { path } of others.slice(keep)) await rm(path, { recursive: true, force: true })
}

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
