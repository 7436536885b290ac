import { importsOf } from '../../compile/bundle.js'
import type { SuiteFile } from '../../plan/suite-files.js'
import { namedSuite } from '../../project/suite-names.js'

/**
 * Returns the suites whose file, or an imported file, has changed. Any other change (module, C
 * program, list) affects all, as does a change while a suite does not compile.
 * @param changed absolute paths
 */
export async function affectedSuites(
  changed: ReadonlySet<string>,
  suites: readonly SuiteFile[],
): Promise<readonly SuiteFile[]> {
  const files = suites.map(({ file }) => file)
  const typescript = files.filter(file => namedSuite(file)?.kind === 'typescript')
  const imports = await importsOf(typescript).catch((error: unknown) => {
    if (error instanceof Error && 'errors' in error) return undefined
    throw error
  })
  if (imports === undefined) return suites
  const isPartOf = (path: string, file: string): boolean =>
    path === file || imports.get(file)?.has(path) === true
  if ([...changed].some(path => !files.some(file => isPartOf(path, file)))) return suites
  return suites.filter(({ file }) => [...changed].some(path => isPartOf(path, file)))
}

/** Suites that did not pass last time come first, in their previous order. */
export const failuresFirst = (
  suites: readonly SuiteFile[],
  failed: ReadonlySet<string>,
): SuiteFile[] => [
  ...suites.filter(({ name }) => failed.has(name)),
  ...suites.filter(({ name }) => !failed.has(name)),
]
