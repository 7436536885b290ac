import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { selectByName } from '../../platform/names/select-by-name.js'
import { firstFolder, type ModuleSources } from '../../project/module-sources.js'
import type { Mutant } from './mutant.js'
import { ENDING, parseMutant } from './parse.js'

/**
 * Loads all mutants of the modules, sorted by name: the patches in the first folder's `mutants/`.
 * @throws ModproveError `NO_MUTANTS`, `BAD_MUTANT`
 */
export async function loadMutants(module: ModuleSources): Promise<Mutant[]> {
  const folder = join(firstFolder(module), 'mutants')
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
      return { ...parseMutant(file, await readFile(file, 'utf8')), module: module.folders[0].name }
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
