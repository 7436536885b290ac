import { relative } from 'node:path'
import type { InRepository } from '../contract/events.js'
import { repositoryOf } from '../platform/files/repository-of.js'
import type { Project } from '../project/project.js'

/** Where names of suites and of modules begin in the nearest repository; undefined outside git. */
export async function inRepository({
  root,
  module,
}: Pick<Project, 'root' | 'module'>): Promise<InRepository | undefined> {
  const top = await repositoryOf(root)
  return top === undefined
    ? undefined
    : { suites: relative(top, root), module: relative(top, module.root) }
}
