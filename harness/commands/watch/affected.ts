import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SuiteFile } from '../../plan/plan.js'

/** Relative imports of a TypeScript file: static, re-exported and dynamic alike. */
const IMPORTS = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/**
 * The suites that a change touches: those whose file, or a file they import, has changed. A change of
 * anything else (the module, a C program, a list) touches all.
 *
 * @param changed absolute paths
 */
export async function affectedSuites(
  changed: ReadonlySet<string>,
  suites: readonly SuiteFile[],
): Promise<readonly SuiteFile[]> {
  const reached = new Map<string, ReadonlySet<string>>()
  for (const { file } of suites) reached.set(file, await filesOf(file))
  const isSuites = (path: string) => [...reached.values()].some(files => files.has(path))
  if ([...changed].some(path => !isSuites(path))) return suites
  return suites.filter(({ file }) => [...changed].some(path => reached.get(file)?.has(path)))
}

/** A file and all that it imports, by their absolute paths; what does not exist is left out. */
async function filesOf(file: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(file)) return seen
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return seen
  seen.add(file)
  for (const [, path = ''] of text.matchAll(IMPORTS)) {
    await filesOf(join(dirname(file), path.replace(/\.js$/, '.ts')), seen)
  }
  return seen
}

/** Suites that did not pass last time come first, in the order they had. */
export const failuresFirst = (
  suites: readonly SuiteFile[],
  failed: ReadonlySet<string>,
): SuiteFile[] => [
  ...suites.filter(({ name }) => failed.has(name)),
  ...suites.filter(({ name }) => !failed.has(name)),
]
