import { mkdir, statfs } from 'node:fs/promises'
import { harnessError } from '../../platform/errors.js'

const GIB = 2 ** 30

/** A folder, its content, and how much one night adds, in GiB. */
export interface SpaceNeed {
  readonly folder: string
  readonly what: string
  readonly needGib: number
  /** How to free space, or use another folder. */
  readonly remedy: string
}

/**
 * @param freeBytes of a folder's file system
 * @throws ModproveError `DISK_FULL` before hours of work
 */
export async function requireSpace(
  needs: readonly SpaceNeed[],
  freeBytes: (folder: string) => Promise<number> = free,
): Promise<void> {
  for (const { folder, what, needGib, remedy } of needs) {
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
