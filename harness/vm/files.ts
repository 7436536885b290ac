import { chmod, constants, copyFile, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../platform/errors.js'
import { privateFolder } from '../platform/files/private-folder.js'
import type { Template } from './spec.js'

/**
 * Opens a file for a QEMU that may run as another user. Opened through `/proc/self/fd`, only the
 * file's own mode counts, not its folders'; a file readable by its owner alone is copied to a
 * nameless file.
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

/** Paths of a template's files. */
export const templateFiles = ({ folder }: Template): { memory: string; state: string } => ({
  memory: join(folder, 'memory'),
  state: join(folder, 'state'),
})

/**
 * Opens a template's memory and reads its state, both through one descriptor of its folder, so that
 * a template being replaced is not mixed. The open memory outlives the template's deletion.
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
