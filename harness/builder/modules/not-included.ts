import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { configName } from '../../project/config-place.js'
import type { Project } from '../../project/project.js'
import type { BuildFolder } from './module-output.js'
import { namedOutside } from './named-outside.js'

const LACKS_A_FILE = /No such file or directory|No rule to make target/
const MISSING_HEADER = /fatal error: ([\w.+-]+)\S*: No such file/g

/**
 * The line that adds to the configuration what a folder's makefiles and sources name outside of it,
 * and what was not copied; if the build lacks a file, and there is such a thing on the disk.
 */
export async function notIncluded(
  output: string,
  { build, name }: BuildFolder,
  project: Pick<Project, 'root' | 'module' | 'configFile'>,
): Promise<string[]> {
  const { root, include } = project.module
  if (!LACKS_A_FILE.test(output)) return []
  const headers = [...output.matchAll(MISSING_HEADER)].map(([, header = '']) => header)
  const lacking = [...(await namedOutside(build, name, headers))].filter(
    path => existsSync(join(root, path)) && !existsSync(join(build, path)),
  )
  if (lacking.length === 0) return []
  const line = [...include, ...lacking].map(path => relative(project.root, join(root, path)))
  return [
    `What lies outside of ${name}/ is not copied with it. Write in ${configName(project)}: "include": ${JSON.stringify(line)}`,
  ]
}
