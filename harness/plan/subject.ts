import { join, relative } from 'node:path'
import type { Subject } from '../contract/events.js'
import { kbuildModules } from '../project/kbuild-file.js'
import type { Project } from '../project/project.js'

/** What a project tests, as far as its makefiles list modules literally. */
export async function subjectOf({ name, root, module }: Project): Promise<Subject> {
  const folders = module.folders.map(folder => join(module.root, folder.name))
  const modules = await Promise.all(folders.map(kbuildModules))
  return {
    project: name,
    folder: folders.map(folder => relative(root, folder)).join(' '),
    modules: [...new Set(modules.flatMap(names => names ?? []))].sort(),
  }
}
