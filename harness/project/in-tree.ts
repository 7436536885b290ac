import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { kernelName } from '../contract/kernel-name.js'
import { wrongFile } from '../platform/files/checked-json.js'
import { isThere } from '../platform/files/is-there.js'
import { didYouMean } from '../platform/names/did-you-mean.js'
import { builtSource } from './built-source.js'
import type { ProjectConfig } from './config-schema.js'
import { makefileOf, objectNames, sourceNames } from './kbuild-file.js'
import type { ModuleConfig } from './module-fields.js'
import type { InTree } from './module-sources.js'

const PREFIX = 'in-tree:'
const KERNEL = /^(path|built):(.*?)(?:\+(?:gcc|clang)-\d+)?$/

/** A module of the kernel's own tree in place of a folder: `in-tree:drivers/net/dummy`. */
export const isInTree = (path: string): boolean => path.startsWith(PREFIX)

/** A configuration whose modules were found in the kernel's tree. */
export interface PlacedConfig extends Omit<ProjectConfig, 'modules'> {
  readonly modules?: readonly PlacedModule[] | undefined
  /** The tree, absolute; absent for a project with its own folders. */
  readonly tree?: string
}
export type PlacedModule = ModuleConfig & { readonly inTree?: InTree }

export const HERE: ModuleConfig = { folder: '.' }

/**
 * Finds modules of the kernel's tree: that of the first kernel in a folder of the user's, else the
 * one that the project is in.
 *
 * @param file the configuration
 * @param kernels as `--kernel` takes them
 * @throws ModproveError `CONFIGURATION` with all mistakes
 */
export async function placed(
  file: string,
  config: ProjectConfig,
  kernels: readonly string[],
): Promise<PlacedConfig> {
  const { module = HERE, modules = [module], ...rest } = config
  const named = modules.filter(({ folder }) => isInTree(folder))
  if (named.length === 0) return config
  const tree = (await treeOf(kernels)) ?? (await treeAround(dirname(file)))
  if (tree === undefined) {
    const gone = kernels.filter(word => KERNEL.test(word)).join(' and ')
    const why = gone === '' ? 'no kernel names one' : `there is no folder of the kernel ${gone}`
    throw wrongFile(file, [`${named[0]?.folder} is of a kernel's tree, and ${why}`], {
      remedy: 'Name it: --kernel path:/src/linux, or "run": { "kernels": ["path:/src/linux"] }',
    })
  }
  const mistakes: string[] = []
  if (named.length < modules.length)
    mistakes.push(`modules should be all of the kernel's tree (${PREFIX}…), or none of them`)
  const found: PlacedModule[] = []
  for (const each of named) {
    const place = await placeOf(tree, each)
    if (typeof place === 'string') mistakes.push(place)
    else found.push(place)
  }
  if (mistakes.length > 0) throw wrongFile(file, mistakes)
  return { ...rest, modules: found, tree }
}

async function placeOf(tree: string, module: ModuleConfig): Promise<PlacedModule | string> {
  const path = module.folder.slice(PREFIX.length).replace(/\.k?o$/, '')
  const folder = join(tree, dirname(path))
  const makefile = await makefileOf(folder)
  const known = objectNames(makefile)
  const object = known.find(name => kernelName(name) === kernelName(basename(path)))
  if (object === undefined) {
    const makefile = `${relative(tree, folder)}/Makefile of ${tree}`
    if (known.length === 0) return `${module.folder} should be a module, and ${makefile} names none`
    const near = didYouMean(basename(path), known)
    return `${module.folder} should be a module that ${makefile} names. ${near}Known: ${known.join(', ')}`
  }
  const sources = sourceNames(makefile, object).map(name => join(folder, name))
  const option = new RegExp(`obj-\\$\\((CONFIG_\\w+)\\)[^\\n]*(?<=\\s)${object}\\.o`).exec(makefile)
  return { ...module, folder, inTree: { tree, object, sources, option: option?.[1] ?? '' } }
}

/** The source of the first kernel that is in a folder of the user's. */
async function treeOf(kernels: readonly string[]): Promise<string | undefined> {
  for (const word of kernels) {
    const [, scheme, path = ''] = KERNEL.exec(word) ?? []
    if (scheme === undefined) continue
    // That one is not there is told where the kernel is looked for.
    const folder = await realpath(resolve(path)).catch(() => undefined)
    if (folder === undefined) continue
    return scheme === 'path' ? folder : builtSource(folder)
  }
  return undefined
}

async function treeAround(folder: string): Promise<string | undefined> {
  for (let at = await realpath(folder); at !== dirname(at); at = dirname(at))
    if ((await isThere(join(at, 'MAINTAINERS'))) && (await isThere(join(at, 'Kconfig')))) return at
  return undefined
}
