import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Subject } from '../contract/events.js'
import type { Project } from '../project/project.js'

/** What a project tests. */
export async function subjectOf({ name, root, module }: Project): Promise<Subject> {
  const folders = module.folders.map(folder => join(module.root, folder.name))
  const modules = await Promise.all(folders.map(modulesOf))
  return {
    project: name,
    folder: folders.map(folder => relative(root, folder)).join(' '),
    modules: modules.flat().sort(),
  }
}

/** In the order in which scripts/Makefile.build of the kernel looks for them. */
const MAKEFILES = ['Kbuild', 'Makefile']

/** Sorted names of a Kbuild folder's modules, as far as its makefile lists them literally. */
async function modulesOf(folder: string): Promise<string[]> {
  for (const name of MAKEFILES) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const lines = text.replaceAll(/\\\n/g, ' ').matchAll(/^\s*obj-\S*\s*[:+?]?=([^#\n]*)/gm)
    const words = [...lines].flatMap(([, value = '']) => value.trim().split(/\s+/))
    const objects = words.flatMap(word => /^([\w./-]+)\.o$/.exec(word)?.[1] ?? [])
    return [...new Set(objects)].sort()
  }
  return []
}
