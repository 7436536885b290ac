import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { packageRoot } from '../platform/package-root.js'
import { kconfigFolder, moduleFolder, suitesFolder } from '../project/project.js'

/** What Kbuild writes beside the sources, and what no kernel module is built of. */
const NO_INPUT =
  /(^|\/)(\.|node_modules$|built-in\.a$|#|(package|package-lock|tsconfig)\.json$)|~$|\.(o|ko|mod|mod\.c|cmd|d|gcno|gcda|symvers|order|patch|orig|rej|swp|md|ts|tsx)$/

/**
 * What of the harness, its suites and the kernel's configuration lies inside of a module's folder; relative to that.
 *
 * @param root the checkout of the harness
 * @param others folders
 */
export const apartWithin = (module: string, root: string, ...others: string[]): readonly string[] =>
  [root, ...others, join(root, 'harness'), join(root, 'images')]
    .map(path => relative(module, path))
    .filter(path => path !== '' && path.split('/')[0] !== '..')

/**
 * The files of a module's folder that its build depends on: all that lies in it, links followed, but for hidden files,
 * `node_modules`, products of a build, documents, TypeScript, and `apart`.
 *
 * @param apart folders to leave out; default: the harness, its suites, and the project's Kconfig
 * @returns paths relative to the folder, sorted
 */
export async function sourcesOf(
  folder: string,
  apart = apartWithin(moduleFolder, packageRoot, suitesFolder, kconfigFolder),
): Promise<readonly string[]> {
  const found: string[] = []
  const walk = async (below: string, within: readonly string[]): Promise<void> => {
    const here = await realpath(join(folder, below))
    // A link to a folder that it lies in has no end.
    if (within.includes(here)) return
    for (const name of await readdir(here)) {
      const path = join(below, name)
      if (NO_INPUT.test(path) || apart.includes(path)) continue
      // A link that leads nowhere is no input.
      const kind = await stat(join(folder, path)).catch(() => undefined)
      if (kind?.isDirectory()) await walk(path, [...within, here])
      else if (kind?.isFile()) found.push(path)
    }
  }
  await walk('', [])
  return found.sort()
}
