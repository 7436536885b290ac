import { dirname, join, relative } from 'node:path'
import type { InRepository } from '../contract/events.js'
import { isThere } from '../platform/is-there.js'
import type { Project } from '../project/project.js'

/** Where names of suites and of modules begin in the nearest repository; undefined outside git. */
export async function inRepository({
  root,
  module,
}: Pick<Project, 'root' | 'module'>): Promise<InRepository | undefined> {
  // Not by git, which refuses a folder of another user, as in a container of CI.
  for (let top = root; ; top = dirname(top)) {
    if (await isThere(join(top, '.git')))
      return { suites: relative(top, root), module: relative(top, module.root) }
    if (top === dirname(top)) return undefined
  }
}
