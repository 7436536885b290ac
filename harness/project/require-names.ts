import { join } from 'node:path'
import { wrongFile } from '../platform/files/checked-json.js'
import type { ModuleSources } from './module-sources.js'

/** Names that options of the compiler and lines of the kernel's log can hold. */
const PLAIN_NAME = /^[\w.+~/-]+$/

/** @throws ModproveError `CONFIGURATION` with all folders of modules that have other names */
export function requireNames(where: string, { root, folders }: ModuleSources): void {
  const mistakes = folders
    .filter(({ name }) => !PLAIN_NAME.test(name))
    .map(
      ({ name }) =>
        `the name of ${join(root, name)} should have letters, digits and . _ + - ~ alone: "${name}" cannot be built`,
    )
  if (mistakes.length > 0) throw wrongFile(where, mistakes, { remedy: 'Rename the folder' })
}
