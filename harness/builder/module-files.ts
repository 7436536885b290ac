import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModuleFolder } from '../project/project.js'

/** Kbuild's products, and files that no kernel module is built from. */
const NO_INPUT =
  /(^|\/)(\.|node_modules$|built-in\.a$|#|(package|package-lock|tsconfig)\.json$)|~$|\.(o|ko|mod|mod\.c|cmd|d|gcno|gcda|symvers|order|patch|orig|rej|swp|md|ts|tsx)$/

/**
 * Returns the files that a module's build depends on: everything in its folder, following links,
 * but hidden files, `node_modules`, build products, documents, TypeScript, and the project's other
 * files.
 * @returns paths relative to the folder, sorted
 */
export async function sourcesOf({
  folder,
  leftOut,
}: Pick<ModuleFolder, 'folder' | 'leftOut'>): Promise<readonly string[]> {
  const found: string[] = []
  const walk = async (below: string, within: readonly string[]): Promise<void> => {
    const here = await realpath(join(folder, below))
    // A link to a parent folder would never end.
    if (within.includes(here)) return
    for (const name of await readdir(here)) {
      const path = join(below, name)
      if (NO_INPUT.test(path) || leftOut.includes(path)) continue
      // A dangling link is no input.
      const kind = await stat(join(folder, path)).catch(() => undefined)
      if (kind?.isDirectory()) await walk(path, [...within, here])
      else if (kind?.isFile()) found.push(path)
    }
  }
  await walk('', [])
  return found.sort()
}
