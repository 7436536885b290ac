import { readFile, stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { script } from '../../platform/process/script.js'
import type { Project } from '../../project/project.js'
import type { KernelModule } from '../types.js'
import { cpio, type CpioMember } from './cpio.js'
import { AT_BOOT, kernelModulePath } from './guest-paths.js'
import { folderMembers, hostMembers } from './folder-members.js'

const FIRMWARE = 'lib/firmware'

export interface ModulesOfKernel {
  readonly kernelModules: readonly KernelModule[]
  /** Those that init loads, in this order. */
  readonly atBoot: readonly KernelModule[]
}

/**
 * What a project and a kernel add to guests besides packages, as a segment of an initramfs;
 * undefined if that is nothing.
 */
export async function extrasOf(
  { root, guest }: Pick<Project, 'root' | 'guest'>,
  { kernelModules, atBoot }: ModulesOfKernel,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const { files = {}, firmware = [] } = guest
  const members: CpioMember[] = []
  for (const path of firmware) members.push(...(await firmwareMembers(resolve(root, path))))
  for (const [to, path] of Object.entries(files))
    members.push(...(await hostMembers(resolve(root, path), to)))
  for (const { name, file } of [...atBoot, ...kernelModules])
    members.push(fileMember(kernelModulePath(name), await moduleContent(file, signal)))
  if (atBoot.length > 0) {
    const paths = atBoot.map(({ name }) => `${kernelModulePath(name)}\n`)
    members.push(fileMember(AT_BOOT, Buffer.from(paths.join(''))))
  }
  return members.length === 0 ? undefined : cpio(members)
}

const firmwareMembers = async (path: string): Promise<CpioMember[]> =>
  (await stat(path)).isDirectory()
    ? folderMembers(path, FIRMWARE)
    : [fileMember(`/${FIRMWARE}/${basename(path)}`, await readFile(path))]

/** @param path absolute */
const fileMember = (path: string, data: Buffer): CpioMember => ({
  ...{ path: path.slice(1), type: 'file', mode: 0o644 },
  data,
})

const UNPACKERS: Readonly<Record<string, string>> = { '.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip' }

/** A module's bytes; distributions ship them compressed. */
async function moduleContent(file: string, signal: AbortSignal): Promise<Buffer> {
  const unpacker = UNPACKERS[extname(file)]
  if (unpacker === undefined) return readFile(file)
  const { stdout } = await script({ signal })`${unpacker} -dc ${file} | base64 -w0`
  return Buffer.from(stdout, 'base64')
}
