import { join } from 'node:path'
import { wrongFile } from '../platform/files/checked-json.js'
import { certainModules } from './kbuild-file.js'
import type { ModuleSources } from './module-sources.js'

/** Names that options of the compiler and lines of the kernel's log can hold. */
const PLAIN_NAME = /^[\w.+~/-]+$/

/**
 * @throws ModproveError `CONFIGURATION` with all folders of modules that have other names, or with
 *   all modules of one name: the kernel loads only one of them
 */
export async function requireNames(where: string, sources: ModuleSources): Promise<void> {
  const { root, folders } = sources
  const mistakes = folders
    .filter(({ name }) => !PLAIN_NAME.test(name))
    .map(
      ({ name }) =>
        `the name of ${join(root, name)} should have letters, digits and . _ + - ~ alone: "${name}" cannot be built`,
    )
  if (mistakes.length > 0) throw wrongFile(where, mistakes, { remedy: 'Rename the folder' })
  const twice = await builtTwice(sources)
  if (twice.length > 0) throw wrongFile(where, twice, { remedy: 'Rename one of them' })
}

async function builtTwice({ root, folders }: ModuleSources): Promise<string[]> {
  const places = new Map<string, string>()
  const mistakes: string[] = []
  for (const { name } of folders.filter(({ inTree }) => inTree === undefined)) {
    const { makefile, modules } = await certainModules(join(root, name))
    const place = join(name, makefile)
    for (const module of new Set(modules)) {
      const other = places.get(module)
      if (other === undefined) places.set(module, place)
      else mistakes.push(`${other} and ${place} both build a module ${module}`)
    }
  }
  return mistakes
}
