import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { glob } from 'glob'
import { didYouMean } from '../platform/names/did-you-mean.js'
import { usageError } from '../platform/errors.js'
import { packageRoot } from '../platform/files/package-root.js'

export interface SuiteFile {
  /** The file's name without `.suite.ts`. */
  readonly name: string
  /** Absolute. */
  readonly file: string
}

const ENDING = '.suite.ts'
const suiteFile = (file: string): SuiteFile => ({ name: basename(file, ENDING), file })

/** What every module must do; a project's own suite of the name takes its place. */
const basics = suiteFile(join(packageRoot, 'harness/basics', `basics${ENDING}`))

/** The suite files of a folder, which may be missing, and the basics; sorted by name. */
export function allSuites(folder: string): SuiteFile[] {
  const entries = existsSync(folder) ? readdirSync(folder) : []
  const own = entries
    .filter(entry => entry.endsWith(ENDING))
    .map(entry => suiteFile(`${folder}/${entry}`))
  const all = own.some(({ name }) => name === basics.name) ? own : [basics, ...own]
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Suites by name (`mmap`), file or glob, once each; all of them for an empty selection.
 *
 * @param selection as typed; files and globs are relative to `cwd`
 * @throws ModproveError `UNKNOWN_SUITE` when a word matches nothing; lists the known suites
 */
export async function selectSuites(
  selection: readonly string[],
  known: readonly SuiteFile[],
  cwd = process.cwd(),
): Promise<SuiteFile[]> {
  if (selection.length === 0) return [...known]
  const chosen = new Map<string, SuiteFile>()
  for (const word of selection) {
    const named = known.filter(suite => suite.name === word)
    // A folder names no suite: it may contain those of another project.
    const options = { cwd, absolute: true, nodir: true }
    // An empty pattern would match everything.
    const matches = word === '' ? [] : await glob(word, options)
    const files = matches.filter(file => file.endsWith(ENDING))
    const found = named.length > 0 ? named : files.sort().map(file => suiteFile(resolve(file)))
    if (found.length === 0) {
      const names = known.map(suite => suite.name)
      throw usageError(
        'UNKNOWN_SUITE',
        `No suite is named "${word}", and no suite file matches it.`,
        {
          remedy: `${didYouMean(word, names)}Known suites: ${names.join(', ')}`,
        },
      )
    }
    for (const suite of found) chosen.set(suite.file, suite)
  }
  return [...chosen.values()]
}
