import { resolve } from 'node:path'
import { defined } from '../platform/pick.js'
import { HERE, type PlacedConfig, type PlacedModule } from './in-tree.js'
import { commonRoot, pathFrom, type ModuleFolder, type ModuleSources } from './module-sources.js'

/** The sources that a configuration names. @param project its folder */
export function configuredSources(
  project: string,
  { module = HERE, modules = [module], include = [], tree }: PlacedConfig,
): Omit<ModuleSources, 'leftOut'> {
  const paths = modules.map(({ folder }) => folder)
  const root = commonRoot(
    tree ?? project,
    [...paths, ...include].map(path => resolve(project, path)),
  )
  const named = (path: string): string => pathFrom(root, resolve(project, path))
  const folderOf = ({ folder, make = {}, prepare, inTree }: PlacedModule) => ({
    name: named(folder),
    make,
    ...defined({ prepare, inTree }),
  })
  return {
    root,
    folders: modules.map(folderOf) as [ModuleFolder, ...ModuleFolder[]],
    include: include.map(named),
  }
}
