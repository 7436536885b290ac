import { chmod, constants, copyFile, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../platform/errors.js'
import { privateFolder } from '../platform/private-folder.js'
import type { Template } from './spec.js'

/**
 * Opens a file for a QEMU that may run as another user. Through `/proc/self/fd` the file's own mode counts
 * and the folders above it do not; a file that only its owner may read is opened as a nameless copy.
 *
 * @throws ModproveError `MACHINE_FILE`
 */
export async function openForQemu(path: string, otherUser: boolean): Promise<FileHandle> {
  try {
    const file = await open(path, 'r')
    const { mode } = await file.stat()
    if (!otherUser || (mode & 0o004) !== 0) return file
    await file.close()
    await using folder = await privateFolder()
    const copy = join(folder.path, 'copy')
    await copyFile(path, copy)
    await chmod(copy, 0o444)
    return await open(copy, 'r')
  } catch (cause) {
    throw unreadable(cause)
  }
}

/** Where a template has its parts. */
export const templateFiles = ({ folder }: Template): { memory: string; state: string } => ({
  memory: join(folder, 'memory'),
  state: join(folder, 'state'),
})

/**
 * Opens a template's memory and reads its state, both through one descriptor of its folder: a template that
 * is made again meanwhile is not mixed with it. The memory stays whole, also when the template is deleted.
 * @throws ModproveError `MACHINE_FILE`
 */
export async function openTemplate({
  folder,
}: Template): Promise<{ memory: FileHandle; state: Buffer }> {
  let memory: FileHandle | undefined
  try {
    await using opened = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
    const files = templateFiles({ folder: `/proc/self/fd/${opened.fd}` })
    memory = await open(files.memory, 'r')
    return { memory, state: await readFile(files.state) }
  } catch (cause) {
    await memory?.close()
    throw unreadable(cause)
  }
}

const unreadable = (cause: unknown) =>
  harnessError(
    'MACHINE_FILE',
    `cannot read what the machine starts from: ${(cause as Error).message}`,
    { cause },
  )
