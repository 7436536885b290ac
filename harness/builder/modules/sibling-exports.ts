import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { configName } from '../../project/config-place.js'
import type { Project } from '../../project/project.js'
import { isWithin } from '../../platform/files/is-within.js'
import { sourcesOf } from './module-files.js'

/** Symbols that a folder uses, and another one of the project exports. */
export interface SiblingExports {
  readonly symbols: readonly string[]
  /** A line for each, and one with the order in which the folders should be built. */
  readonly advice: readonly string[]
}

/**
 * Finds symbols that folders which are built later export.
 * @param name of the folder that uses them
 */
export async function siblingExports(
  symbols: readonly string[],
  name: string,
  project: Pick<Project, 'root' | 'module' | 'configFile'>,
): Promise<SiblingExports> {
  const { module } = project
  const names = module.folders.map(folder => folder.name)
  const later = names.slice(names.indexOf(name) + 1)
  const found = new Map<string, string>()
  if (symbols.length === 0 || later.length === 0) return { symbols: [], advice: [] }
  for (const file of await sourcesOf(module)) {
    if (!/\.[cS]$/.test(file) || !isWithin(file, later)) continue
    const text = await readFile(join(module.root, file), 'utf8')
    for (const [, symbol = ''] of text.matchAll(/\bEXPORT_SYMBOL\w*\s*\(\s*(\w+)/g))
      if (symbols.includes(symbol)) found.set(symbol, file)
  }
  const first = later.filter(folder => [...found.values()].some(file => isWithin(file, [folder])))
  const lines = [...found].map(([symbol, file]) => `${symbol}: ${file} exports it`)
  const others = names.filter(folder => !first.includes(folder))
  const order = [...first, ...others].map(
    folder => relative(project.root, join(module.root, folder)) || '.',
  )
  return {
    symbols: [...found.keys()],
    advice:
      found.size === 0
        ? []
        : [
            ...lines,
            `Write in ${configName(project)} in this order: "modules": ${JSON.stringify(order)}`,
          ],
  }
}
