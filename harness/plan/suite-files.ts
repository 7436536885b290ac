import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { glob } from 'glob'
import { LEAVE_NOTHING } from '../contract/test-names.js'
import { didYouMean } from '../platform/names/did-you-mean.js'
import { usageError } from '../platform/errors.js'
import { packageRoot } from '../platform/files/package-root.js'
import type { Project } from '../project/project.js'
import { isKernelSuite, meantOfKernel, namedSuite, suiteName } from '../project/suite-names.js'

export interface SuiteFile {
  /** The file's name without `.suite.ts`, `.suite.c` or `.suite.sh`; `kselftest-sync`, `kunit`. */
  readonly name: string
  /** Absolute; or the kernel's own tests, as they are configured: `kselftest:sync`. */
  readonly file: string
}

const suiteFile = (file: string): SuiteFile[] => {
  const named = namedSuite(file)
  return named === undefined ? [] : [{ name: suiteName(named), file }]
}

/** What every module must do; a project's own suite of the name takes its place. */
const basicsFile = join(packageRoot, 'harness/basics/basics.suite.ts')
const basics = suiteFile(basicsFile)

/** Whether these suites have the basics' verdict on what modules leave. @param grep as of a run */
export const tellsWhatIsLeft = (files: readonly string[], grep = ''): boolean =>
  files.includes(basicsFile) && new RegExp(grep).test(LEAVE_NOTHING)

/**
 * The suite files of a project's folder, which may be missing, its tests of the kernel's, and the
 * basics; sorted by name.
 * @throws ModproveError `SUITES_NAMED_ALIKE`
 */
export function allSuites({
  suites: folder,
  kernelSuites,
}: Pick<Project, 'suites' | 'kernelSuites'>): SuiteFile[] {
  const entries = existsSync(folder) ? readdirSync(folder) : []
  const files = entries.filter(entry => !isKernelSuite(entry)).map(entry => `${folder}/${entry}`)
  const own = [...files, ...kernelSuites].flatMap(suiteFile)
  const all = [...basics.filter(({ name }) => own.every(suite => suite.name !== name)), ...own]
  return requireOwnNames(all).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function requireOwnNames(suites: SuiteFile[]): SuiteFile[] {
  const files = new Map<string, string>()
  for (const { name, file } of suites) {
    const other = files.get(name)
    if (other !== undefined)
      throw usageError(
        'SUITES_NAMED_ALIKE',
        `Two suites are named "${name}": ${other} and ${file}`,
        {
          remedy: 'Rename one of them: results are compared by it from night to night',
        },
      )
    files.set(name, file)
  }
  return suites
}

/**
 * Suites by name (`mmap`, `kselftest:sync`), file or glob, once each; all for an empty selection.
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
    const named = known.filter(({ name, file }) => name === word || file === word)
    // A folder names no suite: it may contain those of another project.
    const options = { cwd, absolute: true, nodir: true }
    // An empty pattern would match everything.
    const matches = word === '' ? [] : await glob(word, options)
    const files = isKernelSuite(word) ? [word] : matches.sort().map(file => resolve(file))
    const found = named.length > 0 ? named : files.flatMap(suiteFile)
    if (found.length === 0) {
      const names = known.map(suite => suite.name)
      throw usageError(
        'UNKNOWN_SUITE',
        `No suite is named "${word}", and no suite file matches it.`,
        {
          remedy: `${didYouMean(word, names) || meantOfKernel(word)}Known suites: ${names.join(', ')}`,
        },
      )
    }
    for (const suite of found) chosen.set(suite.file, suite)
  }
  return [...chosen.values()]
}
