import { readdir, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { ModuleBuild } from '../builder/index.js'
import { isWithin } from '../platform/files/is-within.js'
import type { Project } from '../project/project.js'

/** What modules request and the guest does not have, by module. */
export async function missingFirmware(
  { root, guest }: Pick<Project, 'root' | 'guest'>,
  modules: readonly Pick<ModuleBuild['modules'][number], 'name' | 'firmware'>[],
): Promise<Record<string, readonly string[]>> {
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
  return Object.fromEntries(
    modules
      .map(({ name, firmware }) => [name, firmware.filter(file => !isGiven(file))] as const)
      .filter(([, missing]) => missing.length > 0),
  )
}
