import { dirname, join } from 'node:path'
import { isThere } from './is-there.js'

/**
 * The root of the repository that a folder is in; undefined outside git. Not by git, which refuses
 * a folder of another user, as in a container of CI.
 * @param folder absolute
 */
export async function repositoryOf(folder: string): Promise<string | undefined> {
  if (await isThere(join(folder, '.git'))) return folder
  return folder === dirname(folder) ? undefined : repositoryOf(dirname(folder))
}
