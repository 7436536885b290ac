import type { Accelerator } from '../contract/accelerator.js'
import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { contentKey, moduleContent } from '../builder/index.js'
import { hostSlowness } from '../platform/waiting/deadlines.js'
import { filesBelow } from '../platform/files/files-below.js'
import { isThere } from '../platform/files/is-there.js'
import { script } from '../platform/process/script.js'
import type { Content, Host } from '../contract/events.js'
import { namedFiles } from '../project/named-files.js'
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

/** Keys of the modules', the suites' and the configuration's files as they are now. */
export const contentNow = async (project: Project): Promise<Required<Content>> => ({
  module: await moduleContent(project.module),
  suites: contentKey(await partsOf(project.suites)),
  setup: await setupNow(project),
})

/** Names everything else that kernels, machines and guests are made of. */
async function setupNow(project: Project): Promise<string> {
  const { root, parameters, kconfig, machine, flavours, guest, kernelSuites } = project
  const settings = { parameters, kconfig, machine, flavours, guest, kernelSuites }
  const parts: Parts = { settings: JSON.stringify(settings) }
  for (const { path } of namedFiles(settings)) Object.assign(parts, await partsOf(join(root, path)))
  return contentKey(parts)
}

type Parts = Record<string, string | Buffer>

/** The bytes of a file, or of all files of a folder, by path; empty if it is not there. */
async function partsOf(path: string): Promise<Parts> {
  const parts: Parts = {}
  if (!(await isThere(path))) return parts
  const isFolder = (await stat(path)).isDirectory()
  for (const file of isFolder ? await filesBelow(path) : [''])
    parts[file] = await readFile(join(path, file))
  return parts
}

const WORDS = { module: 'the module', suites: 'suites', setup: 'the configuration' } as const

/** What differs from then, in words; records of older versions name less. */
export const changedSince = (then: Content, now: Content): string[] =>
  (Object.keys(WORDS) as (keyof Content)[])
    .filter(part => then[part] !== undefined && now[part] !== then[part])
    .map(part => WORDS[part])
