import { isAbsolute, join, normalize, relative } from 'node:path'
import type { ModuleSource, SourceLocation } from './finding.js'

/**
 * A file name from a report or from DWARF as a place in a module's source, or undefined when it is the
 * kernel's (a header's inline function). Kbuild compiles modules with absolute names, or with names
 * relative to the build folder (scripts/Makefile.build, from 6.13 on).
 */
export function locate(
  module: ModuleSource,
  file: string,
  line: number,
): SourceLocation | undefined {
  const path = normalize(file)
  const below = isAbsolute(path) ? relative(module.buildFolder, path) : path
  const kernels = /^(?:\.\.(?:\/|$)|include\/|arch\/|kernel\/|lib\/|mm\/|fs\/|drivers\/|net\/)/
  if (below === '' || isAbsolute(below) || kernels.test(below)) return undefined
  return { file: join(module.sourceFolder, below), line }
}
