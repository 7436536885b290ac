import { O_DIRECTORY, O_RDONLY, Out, type Calls, type Descriptor } from 'modprove'

/** A descriptor's number that no byte and no signed short holds. */
export const BEYOND_A_SHORT = 0x8000

const DIRENT_BYTES = 4096
/* getdents64(2): d_ino, d_off, d_reclen, d_type, d_name. */
const RECLEN_OFFSET = 16
const NAME_OFFSET = 19

/** Sorted names in a folder, as the process sees it, without `.` and `..`. */
export async function readFolder(user: Calls, path: string): Promise<string[]> {
  await using folder = await user.open(path, O_RDONLY | O_DIRECTORY)
  const names: string[] = []
  for (;;) {
    const out = new Out(DIRENT_BYTES)
    const length = Number(await user.syscall('getdents64', folder, out, DIRENT_BYTES))
    if (length === 0) return names.filter(name => name !== '.' && name !== '..').sort()
    for (let at = 0; at < length; at += out.bytes.readUInt16LE(at + RECLEN_OFFSET)) {
      const start = at + NAME_OFFSET
      names.push(out.bytes.toString('utf8', start, out.bytes.indexOf(0, start)))
    }
  }
}

/** Numbers of a process's open descriptors, with that of the folder which lists them. */
export async function descriptorNumbers(user: Calls): Promise<number[]> {
  const names = await readFolder(user, '/proc/self/fd')
  return names.map(Number).sort((a, b) => a - b)
}

/** Duplicates the descriptor until RLIMIT_NOFILE is reached. */
export async function takeAll(file: Descriptor): Promise<Descriptor[]> {
  const taken: Descriptor[] = []
  for (;;) {
    try {
      taken.push(await file.dup())
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EMFILE') return taken
      throw error
    }
  }
}

/** SCM_MAX_FD of include/net/scm.h: what one message carries. */
const MOST_SENT = 253

/** Takes every descriptor up to this number. Messages install many at once, a dup only one. */
export async function takeUpTo(user: Calls, number: number): Promise<void> {
  const [here, there] = await user.socketpair()
  const copies = Array.from({ length: MOST_SENT }, () => here)
  for (let last = there.fd; last < number;) {
    const receive = () => user.recvFds(there, { maxFds: MOST_SENT })
    const [, { fds }] = await Promise.all([user.sendFds(here, copies), receive()])
    last = fds.at(-1)?.fd ?? number
  }
}
