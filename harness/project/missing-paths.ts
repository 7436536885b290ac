import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isObject } from '../platform/files/lenient-json.js'
import { repositoryOf } from '../platform/files/repository-of.js'
import { commonRoot, pathsWithin } from './module-sources.js'
import { isPath, listOf, namedFiles, type NamedPath } from './named-files.js'
import { isInTree } from './in-tree.js'
import { isKernelSuite, meantOfKernel } from './suite-names.js'

/** The folder of the suites where the configuration names none; need not exist. */
export const DEFAULT_SUITES = 'suites'

/**
 * Paths in a configuration that do not exist, or may not be named there; one line each.
 * @param root its folder
 * @param value it, as it was written; values that are not paths are skipped
 */
export async function missingPaths(root: string, value: unknown): Promise<string[]> {
  const { module, modules, include, suites } = isObject(value) ? value : {}
  const mistakes: string[] = []
  const folders = [
    ['module', folderOf(module)],
    ...listOf(modules).map((each, index) => [`modules[${index}]`, folderOf(each)] as const),
    ...[suites ?? DEFAULT_SUITES].flat().map(each => ['suites', each] as const),
  ] as const
  for (const [field, path] of folders) {
    if (!isPath(path) || (field === 'suites' ? isKernelSuite(path) : isInTree(path))) continue
    const folder = resolve(root, path)
    const found = await stat(folder).catch(() => undefined)
    const isDefault = path === DEFAULT_SUITES && suites === undefined
    if (isDefault && found === undefined) continue
    if (found?.isDirectory() === true) {
      if (field !== 'suites') mistakes.push(...(await mistakeOfModule(field, root, folder)))
      continue
    }
    const why = found === undefined ? 'does not exist' : 'is a file'
    const meant = field === 'suites' && found === undefined ? meantOfKernel(path).trim() : ''
    mistakes.push(`${field} should be a folder: ${folder} ${why}${meant && `. ${meant}`}`)
  }
  for (const path of listOf(include).filter(isPath))
    mistakes.push(...(await mistakeOfSource(root, path)))
  const files = await Promise.all(namedFiles(value).map(file => mistakeOfFile(root, file)))
  return [...mistakes, ...files.flat()]
}

/** What is copied into a guest comes from the project's repository alone, links followed. */
async function mistakeOfFile(root: string, { field, path }: NamedPath): Promise<string[]> {
  const file = await realpath(resolve(root, path)).catch(() => undefined)
  if (file === undefined) return [notThere(field, root, path)]
  const top = await realpath((await repositoryOf(root)) ?? root)
  if (pathsWithin(top, [file]).length > 0) return []
  return [`${field} should be inside of ${top}: ${file} is outside of it`]
}

/** What is copied into records comes from the project's repository, or from near the project. */
async function mistakeOfSource(root: string, path: string): Promise<string[]> {
  const file = await realpath(resolve(root, path)).catch(() => undefined)
  if (file === undefined) return [notThere('include', root, path)]
  const project = await realpath(root)
  const repository = await repositoryOf(project)
  const top = repository ?? commonRoot(project, [file])
  if (pathsWithin(top, [file]).length > 0 && top !== '/') return []
  return [`include should be inside of ${repository ?? project}: ${file} is outside of it`]
}

/** Modules may lie in another repository beside the project's: names begin where both are. */
async function mistakeOfModule(field: string, root: string, folder: string): Promise<string[]> {
  const project = await realpath(root)
  if (commonRoot(project, [await realpath(folder)]) !== '/') return []
  return [`${field} should be near ${project}: ${folder} is elsewhere on this host`]
}

const notThere = (field: string, root: string, path: string): string =>
  `${field} should be what is there: ${resolve(root, path)} does not exist`
const folderOf = (value: unknown): unknown => (isObject(value) ? value['folder'] : value)
