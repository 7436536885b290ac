import { constants } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { isThere } from '../platform/files/is-there.js'
import { harnessError, usageError } from '../platform/errors.js'
import type { Account } from '../platform/process/owned.js'

const NAME = 'qemu-system-x86_64'
const NOBODY = 65534

/** Path of the QEMU to use instead of the one in PATH; `--qemu` sets it, for workers too. */
export const VARIABLE = 'MODPROVE_QEMU'

/**
 * Finds the QEMU that `MODPROVE_QEMU` names, else the one in PATH.
 * @throws ModproveError `NO_SUCH_QEMU` (exit 2), `QEMU_MISSING`
 */
export async function findQemu(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env[VARIABLE]
  if (named) {
    const path = resolve(named)
    if (await isProgram(path)) return path
    throw usageError('NO_SUCH_QEMU', `${named} is no program (--qemu, ${VARIABLE})`, {
      remedy: `name the file itself: --qemu /path/to/${NAME}`,
    })
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, NAME)
    if (folder !== '' && (await isProgram(path))) return path
  }
  throw harnessError('QEMU_MISSING', `${NAME} is not in PATH: machines cannot be started`, {
    remedy:
      'sudo apt-get install qemu-system-x86   (Fedora: qemu-system-x86-core; Arch: qemu-base)',
  })
}

const isProgram = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() === true &&
  (await isThere(path, constants.X_OK))

/** Firmware folders beside `bin`: QEMU's own, and SeaBIOS, which Debian packages separately. */
const FIRMWARE = ['share/qemu', 'share/seabios']

/**
 * Returns the arguments that name the firmware of a QEMU outside /usr: Debian's build searches only
 * /usr, which may hold another version's.
 */
export async function firmwareArguments(binary: string): Promise<string[]> {
  const prefix = dirname(dirname(binary))
  if (prefix === '/usr') return []
  const folders = FIRMWARE.map(folder => join(prefix, folder))
  const found = await Promise.all(
    folders.map(async folder => (await stat(folder).catch(() => undefined))?.isDirectory()),
  )
  return folders.filter((_, index) => found[index]).flatMap(folder => ['-L', folder])
}

/** Identifies a version of QEMU without running it. */
export async function qemuIdentity(binary: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(binary)
  return `${binary} ${ino} ${size} ${mtimeMs}`
}

/**
 * Returns the user QEMU runs as when the harness is root: the one who called sudo(8), else nobody.
 * Undefined for an ordinary user, and for root of a user namespace without other users.
 */
export async function qemuAccount(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const uid = Number(env['SUDO_UID']) || NOBODY
  const gid = Number(env['SUDO_GID']) || NOBODY
  if (!covers(await readFile('/proc/self/uid_map', 'utf8'), uid)) return undefined
  if (!covers(await readFile('/proc/self/gid_map', 'utf8'), gid)) return undefined
  const kvm = await stat('/dev/kvm').catch(() => undefined)
  // An ordinary user would have been added to the device's group.
  const groups = kvm && kvm.gid !== 0 && (kvm.mode & 0o060) === 0o060 ? [kvm.gid] : []
  return { uid, gid, groups }
}

/** user_namespaces(7): lines of "first inside, first outside, length". */
function covers(map: string, id: number): boolean {
  return map.split('\n').some(line => {
    const [inside = NaN, , length = NaN] = line.trim().split(/\s+/).map(Number)
    return id >= inside && id < inside + length
  })
}
