import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isThere } from '../platform/is-there.js'
import { privateFolder, type PrivateFolder } from '../platform/private-folder.js'
import type { ProjectConfig } from './read-config.js'
import type { Project } from './project.js'

/** What a copied project keeps; its suites' folder is named `suites`. */
export type CopiedProject = Pick<Project, 'name' | 'module' | 'suites'>

/** A project in a new folder, with copies of a module and suites, which may be changed. */
export async function scratchProject({
  name,
  module,
  suites,
}: CopiedProject): Promise<PrivateFolder> {
  const folder = await privateFolder()
  const config = { name, module: module.name, suites: 'suites' } satisfies ProjectConfig
  await cp(module.folder, join(folder.path, config.module), { recursive: true })
  const copy = join(folder.path, config.suites)
  if (await isThere(suites)) await cp(suites, copy, { recursive: true })
  else await mkdir(copy)
  await writeFile(join(folder.path, 'modprove.config.json'), JSON.stringify(config))
  return folder
}
