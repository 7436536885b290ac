import { readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../platform/errors.js'

/**
 * The source of a kernel that was built in a folder. Built elsewhere (`make O=`), it has a link
 * there; else it is the folder.
 * @throws ModproveError `NOT_BUILT` when the link leads nowhere
 */
export async function builtSource(folder: string): Promise<string> {
  const link = join(folder, 'source')
  const target = await readlink(link).catch(() => undefined)
  if (target === undefined) return folder
  return realpath(link).catch((cause: unknown) => {
    throw usageError('NOT_BUILT', `built:${folder} lacks its source: ${target} is not there`, {
      remedy: `Bring ${target} back, or build anew`,
      cause,
    })
  })
}
