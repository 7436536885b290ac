import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { mayBeSource } from '../../builder/index.js'
import { isWithin } from '../../platform/files/is-within.js'
import type { Project } from '../../project/project.js'
import { ownOutput } from './own-output.js'

/** What suites may import from beside the module. */
const OF_SUITES = /\.(tsx?|json)$/

/**
 * Those of the changed files that a run may depend on: neither products, logs and documents beside
 * the module's sources, nor what this process itself writes, which would never end.
 * @param paths absolute
 */
export function changesThatCount(
  paths: ReadonlySet<string>,
  { module, suites }: Pick<Project, 'module' | 'suites'>,
): ReadonlySet<string> {
  const own = ownOutput()
  const mayBeRead = (path: string): boolean =>
    isWithin(path, [suites]) ||
    mayBeSource(module, path) ||
    (OF_SUITES.test(path) && mayBeSource(module, dirname(path)))
  const counts = (path: string): boolean => mayBeRead(path) && !own.has(realPath(path))
  return new Set([...paths].filter(counts))
}

/** Of a file that is gone, the path itself. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
