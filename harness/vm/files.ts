import { chmod, copyFile, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../errors.js'
import { privateFolder } from '../paths.js'

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

/** Opens a part of a template. @throws ModproveError `MACHINE_FILE` */
export async function openTemplateFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    throw unreadable(cause)
  }
}

const unreadable = (cause: unknown) =>
  harnessError(
    'MACHINE_FILE',
    `cannot read what the machine starts from: ${(cause as Error).message}`,
    { cause },
  )
