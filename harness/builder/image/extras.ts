import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Project } from '../../project/project.js'
import type { KernelModule } from '../types.js'
import { cpio, type CpioMember } from './cpio.js'
import { kernelModulePath } from './guest-paths.js'
import { folderMembers, hostMembers } from './folder-members.js'

const FIRMWARE = 'lib/firmware'

/**
 * What a project adds to its guests besides packages and the kernel's modules, as a segment of an
 * initramfs; undefined if that is nothing.
 */
export async function extrasOf(
  { root, guest }: Pick<Project, 'root' | 'guest'>,
  kernelModules: readonly KernelModule[],
): Promise<Buffer | undefined> {
  const { files = {}, firmware = [] } = guest
  const members: CpioMember[] = []
  for (const path of firmware) members.push(...(await firmwareMembers(resolve(root, path))))
  for (const [to, path] of Object.entries(files))
    members.push(...(await hostMembers(resolve(root, path), to)))
  for (const { name, file } of kernelModules)
    members.push(...(await hostMembers(file, kernelModulePath(name))))
  return members.length === 0 ? undefined : cpio(members)
}

const firmwareMembers = async (path: string): Promise<CpioMember[]> =>
  (await stat(path)).isDirectory()
    ? folderMembers(path, FIRMWARE)
    : [
        {
          path: `${FIRMWARE}/${basename(path)}`,
          type: 'file',
          mode: 0o644,
          data: await readFile(path),
        },
      ]
