import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { namedOutside } from '../../builder/modules/named-outside.js'
import { isThere } from '../../platform/files/is-there.js'
import { isWithin } from '../../platform/files/is-within.js'
import { DKMS } from '../../project/dkms.js'
import { kbuildModules } from '../../project/kbuild-file.js'
import { inBuildOrder } from './build-order.js'

/** What a repository builds: what `init` finds out instead of asking. */
export interface FoundModules {
  /** Folders of Kbuild files, relative, in build order; undefined if `dkms.conf` names them. */
  readonly folders: readonly string[] | undefined
  /** Files and folders of the repository that these name outside of themselves; relative. */
  readonly include: readonly string[]
  /** Names of the modules, as far as makefiles say them. */
  readonly modules: readonly string[]
}

/** How far below a repository's root modules are looked for. */
const MAX_DEPTH = 3
/** Examples and tests are no modules of the project. */
const APART = /^(?:\.|node_modules$|(?:doc|example|sample|suite|test|tool)s?$|documentation$)/i

/** Finds what a folder's makefiles build. @returns undefined if nothing */
export async function findModules(root: string): Promise<FoundModules | undefined> {
  if (await isThere(join(root, DKMS))) return { folders: undefined, include: [], modules: [] }
  const found = await inBuildOrder(root, await foldersBelow(root, '.', 0))
  if (found.length === 0) return undefined
  const folders = found.map(({ folder }) => folder)
  return {
    folders,
    include: await includedBy(root, folders),
    modules: found.flatMap(({ modules }) => modules),
  }
}

async function includedBy(root: string, folders: readonly string[]): Promise<string[]> {
  if (folders.includes('.')) return []
  const named = await Promise.all(folders.map(folder => namedOutside(root, folder)))
  const paths = new Set(named.flatMap(each => [...each]))
  // What lies elsewhere, as a kernel's tree does, is not the repository's.
  return [...paths].filter(
    path => !path.startsWith('..') && !isWithin(path, folders) && existsSync(join(root, path)),
  )
}

interface KbuildFolder {
  readonly folder: string
  readonly modules: readonly string[]
}

/** Below a Kbuild file, folders are its own parts. */
async function foldersBelow(root: string, folder: string, depth: number): Promise<KbuildFolder[]> {
  const modules = await kbuildModules(join(root, folder))
  if (modules !== undefined) return [{ folder, modules }]
  if (depth === MAX_DEPTH) return []
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const names = entries.filter(entry => entry.isDirectory() && !APART.test(entry.name))
  const found = await Promise.all(
    names.map(({ name }) => foldersBelow(root, join(folder, name), depth + 1)),
  )
  return found.flat().sort((one, other) => (one.folder < other.folder ? -1 : 1))
}
