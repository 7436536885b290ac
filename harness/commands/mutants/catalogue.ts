import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { selectByName } from '../../platform/select-by-name.js'
import type { ModuleFolder } from '../../project/project.js'
import type { Mutant } from './mutant.js'
import { ENDING, parseMutant } from './parse.js'

/**
 * Loads all mutants of a module, sorted by name.
 * @param module has the patches in its folder's `mutants/`
 * @throws ModproveError `NO_MUTANTS`, `BAD_MUTANT`
 */
export async function loadMutants(
  module: Pick<ModuleFolder, 'folder' | 'name'>,
): Promise<Mutant[]> {
  const folder = join(module.folder, 'mutants')
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = entries.filter(entry => entry.endsWith(ENDING)).sort()
  if (files.length === 0) {
    throw usageError('NO_MUTANTS', `There are no mutants: no *${ENDING} in ${folder}.`, {
      remedy: 'module/mutants/README.md of modprove shows what one looks like',
    })
  }
  return Promise.all(
    files.map(async entry => {
      const file = join(folder, entry)
      return { ...parseMutant(file, await readFile(file, 'utf8')), module: module.name }
    }),
  )
}

/**
 * Selects mutants by name (`02-fd-leaked`) or number (`02`, `2`), in catalogue order; all if none
 * is named.
 * @throws ModproveError `UNKNOWN_MUTANT`, listing the known
 */
export const selectMutants = (known: readonly Mutant[], words: readonly string[]) =>
  selectByName(known, words, {
    code: 'UNKNOWN_MUTANT',
    message: word => `No mutant is named "${word}".`,
    noun: 'mutants',
    isAlso: ({ name }, word) => /^\d+$/.test(word) && Number.parseInt(name) === Number(word),
  })
