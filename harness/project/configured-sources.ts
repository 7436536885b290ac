import { resolve } from 'node:path'
import { defined } from '../platform/pick.js'
import type { ProjectConfig } from './config-schema.js'
import type { ModuleConfig } from './module-fields.js'
import { commonRoot, pathFrom, type ModuleSources } from './module-sources.js'

/** The sources that a configuration names. @param project its folder */
export function configuredSources(
  project: string,
  config: ProjectConfig,
): Omit<ModuleSources, 'leftOut'> {
  const { include = [] } = config
  const [first = HERE, ...others] = config.modules ?? [config.module ?? HERE]
  const paths = [first, ...others].map(({ folder }) => folder)
  const root = commonRoot(
    project,
    [...paths, ...include].map(path => resolve(project, path)),
  )
  const named = (path: string): string => pathFrom(root, resolve(project, path))
  const folderOf = ({ folder, make = {}, prepare }: ModuleConfig) => ({
    name: named(folder),
    make,
    ...defined({ prepare }),
  })
  return {
    root,
    folders: [folderOf(first), ...others.map(folderOf)],
    include: include.map(named),
  }
}

const HERE: ModuleConfig = { folder: '.' }
