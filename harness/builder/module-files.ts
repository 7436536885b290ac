import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModuleFolder } from '../project/project.js'

/** What Kbuild writes beside the sources, and what no kernel module is built of. */
const NO_INPUT =
  /(^|\/)(\.|node_modules$|built-in\.a$|#|(package|package-lock|tsconfig)\.json$)|~$|\.(o|ko|mod|mod\.c|cmd|d|gcno|gcda|symvers|order|patch|orig|rej|swp|md|ts|tsx)$/

/**
 * The files of a module's folder that its build depends on: all that lies in it, links followed, but for hidden files,
 * `node_modules`, products of a build, documents, TypeScript, and what is none of the module's.
 *
 * @returns paths relative to the folder, sorted
 */
export async function sourcesOf({
  folder,
  leftOut,
}: Pick<ModuleFolder, 'folder' | 'leftOut'>): Promise<readonly string[]> {
  const found: string[] = []
  const walk = async (below: string, within: readonly string[]): Promise<void> => {
    const here = await realpath(join(folder, below))
    // A link to a folder that it lies in has no end.
    if (within.includes(here)) return
    for (const name of await readdir(here)) {
      const path = join(below, name)
      if (NO_INPUT.test(path) || leftOut.includes(path)) continue
      // A link that leads nowhere is no input.
      const kind = await stat(join(folder, path)).catch(() => undefined)
      if (kind?.isDirectory()) await walk(path, [...within, here])
      else if (kind?.isFile()) found.push(path)
    }
  }
  await walk('', [])
  return found.sort()
}
