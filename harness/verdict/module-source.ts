import { normalize } from 'node:path'
import type { ModuleSource, SourceLocation } from './finding.js'

/**
 * A file name from a report or from DWARF as a place in a module's source; undefined when it is not the
 * module's: an inline function of a kernel header. Names that DWARF has relative come out of addr2line
 * behind the compiler's working folder.
 */
export function locate(
  module: ModuleSource,
  file: string,
  line: number,
): SourceLocation | undefined {
  const path = normalize(file)
  const prefix = module.sourcePrefix.replace(/\/?$/, '/')
  const starts = [prefix, ...(module.compiledIn === undefined ? [] : [`${module.compiledIn}/`])]
  for (const start of starts)
    if (path.startsWith(start))
      return { file: prefix + within(path.slice(start.length), prefix), line }
  const behind = path.startsWith('/') ? path.lastIndexOf(`/${prefix}`) : -1
  if (behind === -1 || path.includes('/include/')) return undefined
  return { file: path.slice(behind + 1), line }
}

/**
 * From 7.2 on the compiler works in the module's folder, which its names begin with as well: addr2line joins the two.
 * The same name twice is once.
 */
const within = (path: string, prefix: string): string =>
  path.startsWith(prefix) ? path.slice(prefix.length) : path

/**
 * The `file:line` of a report's headline, where that is in a module's source.
 *
 * @param first name of the module to ask first: two modules may share a source folder
 */
export function locateHeadline(
  headline: string,
  modules: readonly ModuleSource[],
  first: string | undefined,
): SourceLocation | undefined {
  const [, file, line] =
    /(?:^|\s)((?:\/|\.)?[\w./+-]{1,300}\.[chS]):(\d{1,7})\b/.exec(headline) ?? []
  if (file === undefined) return undefined
  const ordered = [...modules].sort((a, b) => Number(b.name === first) - Number(a.name === first))
  for (const module of ordered) {
    const location = locate(module, file, Number(line))
    if (location !== undefined) return location
  }
  return undefined
}
