import { O_DIRECTORY, O_RDONLY, Out, SyscallError, type Process } from '../guest/index.js'

const FOLDER_BYTES = 16 * 1024
/** Their buffers share the process's scratch memory of 1 MiB. */
const AT_ONCE = 12
/** struct linux_dirent64: inode and offset come before it, type and name after it. */
const RECORD_LENGTH_AT = 16
const TYPE_AT = 18
const NAME_AT = 19
const DT_DIR = 4

interface DirectoryEntry {
  readonly name: string
  readonly isFolder: boolean
}

/** The entries in a buffer that getdents64(2) filled. */
function* entriesIn(buffer: Buffer): Generator<DirectoryEntry> {
  for (let at = 0; at + NAME_AT < buffer.length;) {
    const length = buffer.readUInt16LE(at + RECORD_LENGTH_AT)
    if (length <= NAME_AT) return
    const name = buffer.subarray(at + NAME_AT, at + length)
    const text = name.toString('latin1', 0, Math.max(0, name.indexOf(0)))
    if (text !== '.' && text !== '..')
      yield { name: text, isFolder: buffer[at + TYPE_AT] === DT_DIR }
    at += length
  }
}

/** The entries of a folder in the guest. No stat(2): that may run code of the file system. */
async function listFolder(process: Process, path: string): Promise<DirectoryEntry[]> {
  await using folder = await process.open(path, O_RDONLY | O_DIRECTORY)
  const found: DirectoryEntry[] = []
  for (;;) {
    const out = new Out(FOLDER_BYTES)
    const length = Number(await process.syscall('getdents64', folder, out, FOLDER_BYTES))
    if (length === 0) return found
    found.push(...entriesIn(out.bytes.subarray(0, length)))
  }
}

/** Ids of all processes and kernel threads; in a process's `task` folder, of its threads. */
export async function runningPids(process: Process, of = '/proc'): Promise<number[]> {
  const entries = await listFolder(process, of)
  return entries.flatMap(({ name }) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/**
 * Paths of all that is below a folder, which may be missing.
 *
 * @param omitted paths to skip, with all below them
 * @param depth levels of folders
 */
export async function listTree(
  process: Process,
  folder: string,
  omitted: RegExp,
  depth: number,
): Promise<string[]> {
  const found: string[] = []
  const levels = new Map([[folder, 1]])
  const waiting = [folder]
  while (waiting.length > 0) {
    const batch = waiting.splice(0, AT_ONCE)
    const listed = await Promise.all(batch.map(path => listWhatIsThere(process, path)))
    for (const [index, path] of batch.entries())
      for (const { name, isFolder } of listed[index] ?? []) {
        const own = `${path}/${name}`
        if (omitted.test(own)) continue
        found.push(own)
        const level = levels.get(path) ?? depth
        if (isFolder && level < depth) {
          levels.set(own, level + 1)
          waiting.push(own)
        }
      }
  }
  return found
}

/** A folder may have gone, and some may not be read. */
const listWhatIsThere = (process: Process, path: string): Promise<DirectoryEntry[]> =>
  listFolder(process, path).catch((error: unknown) => {
    if (error instanceof SyscallError) return []
    throw error
  })
