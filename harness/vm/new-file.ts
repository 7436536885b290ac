import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFolder } from '../platform/files/private-folder.js'
import type { Account } from '../platform/process/owned.js'

export const BYTES_A_MIB = 1024 ** 2

/** A new sparse file that QEMU may read and write. @param account the user QEMU runs as */
export async function newFile(
  path: string,
  mib: number,
  account: Account | undefined,
): Promise<FileHandle> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.truncate(mib * BYTES_A_MIB)
    if (account !== undefined) await file.chown(account.uid, account.gid)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** A new file for a disk, without a name, so that it is gone when QEMU is. */
export async function newDisk(mib: number, account: Account | undefined): Promise<FileHandle> {
  await using folder = await privateFolder()
  return await newFile(join(folder.path, 'disk'), mib, account)
}
