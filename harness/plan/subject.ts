import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Subject } from '../contract/events.js'
import { packageRoot } from '../platform/package-root.js'
import { moduleFolder, packageJson } from '../project/project.js'

/** What this project tests. */
export async function subjectNow(): Promise<Subject> {
  const folder = relative(packageRoot, moduleFolder)
  return { project: packageJson.name, folder, modules: await modulesOf(moduleFolder) }
}

/** As make looks for them: scripts/Makefile.build of the kernel. */
const MAKEFILES = ['Kbuild', 'Makefile']

/** Names of the modules of a Kbuild folder, sorted, as far as its file says them in plain words. */
export async function modulesOf(folder: string): Promise<string[]> {
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
