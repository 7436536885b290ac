import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isThere } from '../platform/is-there.js'
import { isObject } from '../platform/lenient-json.js'
import { isKernelSuite } from './suite-names.js'

/**
 * What a configuration names and is not there, one line each.
 * @param root its folder
 * @param value it, as it was written: what has not the form of a path is passed by
 */
export async function missingPaths(root: string, value: unknown): Promise<string[]> {
  const { module, modules, include, suites } = isObject(value) ? value : {}
  const mistakes: string[] = []
  const folders = [
    ['module', folderOf(module)],
    ...listOf(modules).map((each, index) => [`modules[${index}]`, folderOf(each)] as const),
    ...[suites].flat().map(each => ['suites', each] as const),
  ] as const
  for (const [field, path] of folders) {
    if (!isPath(path) || (field === 'suites' && isKernelSuite(path))) continue
    const folder = resolve(root, path)
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() === true) continue
    mistakes.push(
      `${field} should be a folder: ${folder} ${found === undefined ? 'does not exist' : 'is a file'}`,
    )
  }
  for (const path of listOf(include).filter(isPath))
    if (!(await isThere(resolve(root, path))))
      mistakes.push(`include should be what is there: ${resolve(root, path)} does not exist`)
  return mistakes
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const folderOf = (value: unknown): unknown => (isObject(value) ? value['folder'] : value)
const isPath = (value: unknown): value is string => typeof value === 'string' && /\S/.test(value)
