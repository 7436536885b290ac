import { copyFile, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { MAKEFILES } from '../../project/kbuild-file.js'
import { sourcePaths, type ModuleSources } from '../../project/module-sources.js'
import { isOwnFolder, isPlan } from '../../record/own-output.js'
import { contentKey } from '../hash.js'

/** Kbuild's products, and files that no kernel module is built from. */
const NO_INPUT =
  /^(\.|node_modules$|built-in\.a$|#|(package|package-lock|tsconfig)\.json$)|~$|\.(o|ko|mod|mod\.c|cmd|d|gcno|gcda|symvers|order|patch|orig|rej|swp|log|md|ts|tsx)$/

/**
 * Returns the files that the modules' build depends on: everything in their folders and what is
 * included, following links, but hidden files, `node_modules`, build products, logs, documents,
 * TypeScript, the project's other files, and what modprove itself wrote: plans, records, bundles.
 * @returns paths from the root, sorted
 */
export async function sourcesOf(module: ModuleSources): Promise<readonly string[]> {
  const { root, leftOut } = module
  const found = new Set<string>()
  const ofTree = module.folders.flatMap(({ name, inTree }) => (inTree ? [name] : []))
  const add = async (path: string, within: readonly string[]): Promise<void> => {
    // A dangling link is no input.
    const kind = await stat(join(root, path)).catch(() => undefined)
    if (kind?.isFile()) found.add(path)
    if (!kind?.isDirectory()) return
    const here = await realpath(join(root, path))
    // A link to a parent folder would never end.
    if (within.includes(here)) return
    const names = await readdir(here)
    if (within.length > 0 && isOwnFolder(names)) return
    // Below a folder of the kernel's tree lie those of other modules.
    const isOther = within.length > 0 && MAKEFILES.some(name => names.includes(name))
    if (isOther && ofTree.some(name => path.startsWith(`${name}/`))) return
    for (const name of names) {
      const below = join(path, name)
      if (NO_INPUT.test(name) || leftOut.includes(below) || (await isPlan(here, name))) continue
      await add(below, [...within, here])
    }
  }
  for (const path of sourcePaths(module)) await add(path, [])
  return [...found].sort()
}

/** Whether the modules' build may depend on a file, from its name alone. @param path absolute */
export const mayBeSource = (
  module: Pick<ModuleSources, 'root' | 'folders' | 'include'>,
  path: string,
): boolean =>
  sourcePaths(module).some(source => {
    const names = relative(join(module.root, source), path).split('/')
    return names[0] !== '..' && !names.some(name => NO_INPUT.test(name))
  })

/** Key of the modules' files, and of how they are built. */
export async function moduleContent(module: ModuleSources): Promise<string> {
  const files: Record<string, Buffer> = {}
  for (const file of await sourcesOf(module)) files[file] = await readFile(join(module.root, file))
  return contentKey({ ...files, 'folders/': JSON.stringify(module.folders) })
}

/** Copies the modules' files. @returns the copy, whose root is `into` */
export async function copySources(module: ModuleSources, into: string): Promise<ModuleSources> {
  for (const { name } of module.folders) await mkdir(join(into, name), { recursive: true })
  for (const file of await sourcesOf(module)) {
    await mkdir(dirname(join(into, file)), { recursive: true })
    await copyFile(join(module.root, file), join(into, file))
  }
  return { ...module, root: into }
}
