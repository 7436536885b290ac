import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { CpioMember } from './cpio.js'
import { guestPath } from './guest-paths.js'

const PERMISSIONS = 0o7777
const ANY_RUN_BIT = 0o111

/**
 * A file of this host, or a folder with all in it, as members of an image; what runs here, runs
 * there. Links in a folder stay links.
 * @param to its path in the guest
 */
export async function hostMembers(from: string, to: string): Promise<CpioMember[]> {
  const found = await stat(from)
  const path = guestPath(to.replace(/^\//, ''))
  if (found.isDirectory()) return folderMembers(from, path)
  const isProgram = (found.mode & ANY_RUN_BIT) !== 0
  return [{ path, type: 'file', mode: isProgram ? 0o755 : 0o644, data: await readFile(from) }]
}

/**
 * All in a folder that is the root of a file system, or a part of one.
 * @param at the folder's path in the guest; default: the root
 * @param isLeftOut paths in the guest, as they are called in the folder
 */
export async function folderMembers(
  folder: string,
  at = '',
  isLeftOut: (path: string) => boolean = () => false,
): Promise<CpioMember[]> {
  const members: CpioMember[] = []
  const names = (await readdir(folder)).sort()
  for (const name of names) {
    const [file, called] = [join(folder, name), join(at, name)]
    if (isLeftOut(called)) continue
    const found = await lstat(file)
    const [path, mode] = [guestPath(called), found.mode & PERMISSIONS]
    if (found.isDirectory()) {
      members.push({ path, type: 'folder', mode })
      members.push(...(await folderMembers(file, called, isLeftOut)))
    } else if (found.isSymbolicLink()) {
      // Where it is now, a relative one may lead elsewhere.
      const target = resolve('/', dirname(called), await readlink(file)).slice(1)
      // `/sbin/ip` is a link to `/bin/ip`, which is the same place in the guest.
      if (guestPath(target) !== path)
        members.push({ path, type: 'link', target: `/${guestPath(target)}` })
    } else if (found.isFile()) {
      members.push({ path, type: 'file', mode, data: await readFile(file) })
    }
  }
  return members
}
