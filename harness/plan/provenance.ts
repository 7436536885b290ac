import type { Accelerator } from '../contract/accelerator.js'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { contentKey, moduleContent } from '../builder/index.js'
import { hostSlowness } from '../platform/waiting/deadlines.js'
import { filesBelow } from '../platform/files/files-below.js'
import { isThere } from '../platform/files/is-there.js'
import { script } from '../platform/process/script.js'
import type { Host } from '../contract/events.js'
import type { Project } from '../project/project.js'
import { qemuVersion } from '../vm/index.js'

/** The commit checked out in a folder, or null outside git or without it. */
export async function commitOf(folder: string): Promise<string | null> {
  const { exitCode, stdout } = await script({ cwd: folder })`git rev-parse HEAD`.nothrow()
  return exitCode === 0 ? stdout.trim() : null
}

/** @throws ModproveError `QEMU_MISSING` */
export async function hostOf(accelerator: Accelerator): Promise<Host> {
  // os-release(5)
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return {
    qemu: await qemuVersion(),
    accelerator,
    node: process.version,
    system: /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? process.platform,
    cores: availableParallelism(),
    slowness: hostSlowness(),
  }
}

/** Keys of the current contents of the modules' and the suites' files. */
export async function contentNow({ module, suites }: Sources): Promise<Content> {
  return {
    module: await moduleContent(module),
    suites: await keyOf(suites, (await isThere(suites)) ? await filesBelow(suites) : []),
  }
}

/** Keys of what a run tests. */
export interface Content {
  readonly module: string
  readonly suites: string
}

type Sources = Pick<Project, 'module' | 'suites'>

async function keyOf(folder: string, files: readonly string[]): Promise<string> {
  const parts: Record<string, Buffer> = {}
  for (const file of files) parts[file] = await readFile(join(folder, file))
  return contentKey(parts)
}
