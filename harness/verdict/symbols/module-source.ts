import { normalize } from 'node:path'
import type { ModuleSource, SourceLocation } from '../finding.js'

/**
 * Maps a file name from a report or from DWARF to a module's source; undefined for other files,
 * such as inline functions of kernel headers. addr2line prefixes DWARF's relative names with the
 * folder that make ran in.
 */
export function locate(
  { sources }: ModuleSource,
  name: string,
  line: number,
): SourceLocation | undefined {
  const path = normalize(name)
  const isOf = (source: string): boolean => {
    // Of a source in no folder, a header of the kernel may have the name.
    if (!source.includes('/') || !path.endsWith(`/${source}`)) return path === source
    // Since 7.2 both that folder and DWARF's names may begin with the module's.
    return path.startsWith('/') || source.startsWith(path.slice(0, -source.length))
  }
  const [file] = sources.filter(isOf).sort((a, b) => b.length - a.length)
  return file === undefined ? undefined : { file, line }
}

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
    /(?:^|\s)((?:\/|\.)?[\w./+~-]{1,300}\.[chS]):(\d{1,7})\b/.exec(headline) ?? []
  if (file === undefined) return undefined
  const ordered = [...modules].sort((a, b) => Number(b.name === first) - Number(a.name === first))
  for (const module of ordered) {
    const location = locate(module, file, Number(line))
    if (location !== undefined) return location
  }
  return undefined
}
