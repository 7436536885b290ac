import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { configName } from '../../project/config-place.js'
import type { Project } from '../../project/project.js'
import type { BuildFolder } from './module-output.js'

/** How a makefile or a source leaves its folder, and the first name on that way: `../` `common`. */
const CLIMB = /((?:\.\.\/)*\.\.(?![\w.]))\/?([\w.+-]*)/g
const IN_MAKEFILE = /^[^#\n]*/gm
const IN_SOURCE = /^\s*#\s*include.*/gm
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
  const lacking = new Set<string>()
  for (const file of await readdir(join(build, name), { recursive: true })) {
    const isSource = /\.[chS]$/.test(file)
    if (!isSource && !/(^|\/)(Kbuild|Makefile)$/.test(file)) continue
    const text = await readFile(join(build, name, file), 'utf8')
    const lines = text.match(isSource ? IN_SOURCE : IN_MAKEFILE) ?? []
    for (const [, up = '', first = ''] of lines.join('\n').matchAll(CLIMB))
      for (const next of first === '' ? headers : [first.replace(/\.o$/, '.c')]) {
        const path = join(dirname(join(name, file)), up, next)
        if (existsSync(join(root, path)) && !existsSync(join(build, path))) lacking.add(path)
      }
  }
  if (lacking.size === 0) return []
  const line = [...include, ...lacking].map(path => relative(project.root, join(root, path)))
  return [
    `What lies outside of ${name}/ is not copied with it. Write in ${configName(project)}: "include": ${JSON.stringify(line)}`,
  ]
}
