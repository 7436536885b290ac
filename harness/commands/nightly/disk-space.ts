import { mkdir, statfs } from 'node:fs/promises'
import { harnessError } from '../../platform/errors.js'

const GIB = 2 ** 30

/** A folder, what it will hold, and how much of that comes in one night, in GiB. */
export interface SpaceWish {
  readonly folder: string
  readonly what: string
  readonly needGib: number
  /** How it gets space, or another place. */
  readonly remedy: string
}

/**
 * @param freeBytes of the file system that a folder is on
 * @throws ModproveError `DISK_FULL` before hours of work end in it
 */
export async function requireSpace(
  wishes: readonly SpaceWish[],
  freeBytes: (folder: string) => Promise<number> = free,
): Promise<void> {
  for (const { folder, what, needGib, remedy } of wishes) {
    await mkdir(folder, { recursive: true })
    const freeGib = (await freeBytes(folder)) / GIB
    if (freeGib >= needGib) continue
    throw harnessError(
      'DISK_FULL',
      `A night needs ${needGib} GiB for ${what} in ${folder}, and ${freeGib.toFixed(1)} GiB are free; nothing was run`,
      { remedy },
    )
  }
}

async function free(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
