import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { harnessError } from '../errors.js'
import type { Account } from '../process/owned.js'

const NAME = 'qemu-system-x86_64'
const NOBODY = 65534

/** @throws ModproveError `QEMU_MISSING` */
export async function findQemu(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, NAME)
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (folder !== '' && found) return path
  }
  throw harnessError('QEMU_MISSING', `${NAME} is not in PATH: machines cannot be started`, {
    remedy:
      'sudo apt-get install qemu-system-x86   (Fedora: qemu-system-x86-core; Arch: qemu-base)',
  })
}

/** `QEMU emulator version 7.2.22 (Debian …)`. @throws ModproveError `QEMU_MISSING` */
export async function qemuVersion(): Promise<string> {
  // Loaded here: workers, which never ask, would start later.
  const { execa } = await import('execa')
  const { stdout } = await execa(await findQemu(), ['--version'])
  return stdout.split('\n')[0] ?? ''
}

/** Tells one version of QEMU from another without running it. */
export async function qemuIdentity(binary: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(binary)
  return `${binary} ${ino} ${size} ${mtimeMs}`
}

/**
 * Who QEMU runs as when the harness is root: the user behind sudo(8), else nobody. Undefined when the
 * harness is an ordinary user itself, or root of a user namespace that has no other users.
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
  // The device's group, which an ordinary user would have been given by the administrator.
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
