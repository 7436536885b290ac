import { O_DIRECTORY, O_RDONLY, Out, SyscallError, type Process } from '../guest/index.js'

const FOLDER_BYTES = 16 * 1024
/** Their buffers lie in the process's scratch memory, of 1 MiB. */
const AT_ONCE = 12
/** struct linux_dirent64: inode and offset before it, type and name behind it. */
const RECORD_LENGTH_AT = 16
const TYPE_AT = 18
const NAME_AT = 19
const DT_DIR = 4

interface Entry {
  readonly name: string
  readonly isFolder: boolean
}

/** The entries in a buffer that getdents64(2) filled. */
function* entriesIn(buffer: Buffer): Generator<Entry> {
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

/** What is in a folder of the guest. Its entries are not looked up: that may run code of theirs. */
async function listFolder(process: Process, path: string): Promise<Entry[]> {
  await using folder = await process.open(path, O_RDONLY | O_DIRECTORY)
  const found: Entry[] = []
  for (;;) {
    const out = new Out(FOLDER_BYTES)
    const length = Number(await process.syscall('getdents64', folder, out, FOLDER_BYTES))
    if (length === 0) return found
    found.push(...entriesIn(out.bytes.subarray(0, length)))
  }
}

/** Numbers of all that runs: processes and the kernel's threads; of a process's `task` folder, its threads. */
export async function runningPids(process: Process, of = '/proc'): Promise<number[]> {
  const entries = await listFolder(process, of)
  return entries.flatMap(({ name }) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/**
 * Paths of all that is below a folder, which need not be there.
 *
 * @param omitted what is left out, with all below it
 * @param depth how many folders deep
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

/** A folder may be gone meanwhile, and not everything may be read. */
const listWhatIsThere = (process: Process, path: string): Promise<Entry[]> =>
  listFolder(process, path).catch((error: unknown) => {
    if (error instanceof SyscallError) return []
    throw error
  })
