import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  const config: ProjectConfig = { name, module: module.name, suites: 'suites' }
  await cp(module.folder, join(folder.path, config.module), { recursive: true })
  await cp(suites, join(folder.path, config.suites), { recursive: true })
  await writeFile(join(folder.path, 'modprove.config.json'), JSON.stringify(config))
  return folder
}
