import { normalize } from 'node:path'
import type { ModuleSource, SourceLocation } from './finding.js'

/**
 * Maps a file name from a report or from DWARF to a module's source; undefined for other files,
 * such as inline functions of kernel headers. addr2line prefixes DWARF's relative names with the
 * build folder.
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

/** Since 7.2 both the build folder and DWARF's names contain the module's folder: drops one. */
const within = (path: string, prefix: string): string =>
  path.startsWith(prefix) ? path.slice(prefix.length) : path

/**
 * The `file:line` of a report's headline, if it is in a module's source.
 *
 * @param first name of the module to try first: two modules may share a source folder
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
