import { importsOf } from '../../compile/bundle.js'
import type { SuiteFile } from '../../plan/suite-files.js'

/**
 * Returns the suites whose file, or an imported file, has changed. Any other change (module, C
 * program, list) affects all, as does a change while a suite does not compile.
 * @param changed absolute paths
 */
export async function affectedSuites(
  changed: ReadonlySet<string>,
  suites: readonly SuiteFile[],
): Promise<readonly SuiteFile[]> {
  const imports = await importsOf(suites.map(({ file }) => file)).catch((error: unknown) => {
    if (error instanceof Error && 'errors' in error) return undefined
    throw error
  })
  const isSuites = (path: string) => [...(imports?.values() ?? [])].some(files => files.has(path))
  if ([...changed].some(path => !isSuites(path))) return suites
  return suites.filter(({ file }) => [...changed].some(path => imports?.get(file)?.has(path)))
}

/** Suites that did not pass last time come first, in their previous order. */
export const failuresFirst = (
  suites: readonly SuiteFile[],
  failed: ReadonlySet<string>,
): SuiteFile[] => [
  ...suites.filter(({ name }) => failed.has(name)),
  ...suites.filter(({ name }) => !failed.has(name)),
]
