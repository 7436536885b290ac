import { readdir, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { ModuleBuild } from '../builder/index.js'
import { isWithin } from '../platform/files/is-within.js'
import type { Project } from '../project/project.js'

/**
 * What modules say that they may request (MODULE_FIRMWARE), and the guest does not have; one line
 * each.
 */
export async function missingFirmware(
  { root, guest }: Pick<Project, 'root' | 'guest'>,
  modules: readonly Pick<ModuleBuild['modules'][number], 'name' | 'firmware'>[],
): Promise<string[]> {
  const { firmware: named = [], files = {} } = guest
  const given = new Set<string>()
  for (const path of named.map(path => resolve(root, path))) {
    if ((await stat(path)).isDirectory())
      for (const name of await readdir(path, { recursive: true })) given.add(name)
    else given.add(basename(path))
  }
  const places = Object.keys(files).map(path => path.replace(/^\/usr\//, '/'))
  const isGiven = (file: string): boolean =>
    given.has(file) || isWithin(`/lib/firmware/${file}`, places)
  return modules.flatMap(({ name, firmware }) => {
    const missing = firmware.filter(file => !isGiven(file))
    if (missing.length === 0) return []
    const line = JSON.stringify([...named, 'firmware'])
    return [
      `${name} may request ${missing.join(', ')}, which no guest has. Put it below a folder, and write in the configuration: "guest": { "firmware": ${line} }`,
    ]
  })
}
