import { O_DIRECTORY, O_RDONLY, Out, type Guest, type Process } from '../guest/index.js'
import {
  outlivingThread,
  readKernelThread,
  readOutlivingTimers,
  type Finding,
} from '../verdict/index.js'

const FOLDER_BYTES = 32 * 1024
/** struct linux_dirent64: inode and offset before it, type and name behind it. */
const RECORD_LENGTH_AT = 16
const NAME_AT = 19

/** The names in a buffer that getdents64(2) filled. */
function* namesIn(entries: Buffer): Generator<string> {
  for (let at = 0; at + NAME_AT < entries.length;) {
    const length = entries.readUInt16LE(at + RECORD_LENGTH_AT)
    if (length <= NAME_AT) return
    const name = entries.subarray(at + NAME_AT, at + length)
    yield name.toString('latin1', 0, Math.max(0, name.indexOf(0)))
    at += length
  }
}

/** Numbers of all that runs: processes and the kernel's threads; of a process's `task` folder, its threads. */
export async function runningPids(process: Process, of = '/proc'): Promise<ReadonlySet<number>> {
  await using folder = await process.open(of, O_RDONLY | O_DIRECTORY)
  const pids = new Set<number>()
  for (;;) {
    const out = new Out(FOLDER_BYTES)
    const length = Number(await process.syscall('getdents64', folder, out, FOLDER_BYTES))
    if (length === 0) return pids
    for (const name of namesIn(out.bytes.subarray(0, length)))
      if (/^\d+$/.test(name)) pids.add(Number(name))
  }
}

/**
 * What is still there of modules that are unloaded, where the kernel lets it be seen: threads that were not there before
 * (a workqueue that may have to free memory has one, too), and timers of high resolution.
 *
 * @param before what ran before a module was loaded
 */
export async function outliving(
  guest: Pick<Guest, 'readFile' | 'log'>,
  process: Process,
  before: ReadonlySet<number>,
): Promise<Finding[]> {
  const read = (path: string): Promise<string> =>
    // It may have ended meanwhile.
    guest.readFile(path).catch((error: unknown) => {
      if (['ENOENT', 'ESRCH'].includes((error as { code?: string }).code ?? '')) return ''
      throw error
    })
  const [pids, timers] = await Promise.all([runningPids(process), read('/proc/timer_list')])
  const fresh = [...pids].filter(pid => !before.has(pid))
  const stats = await Promise.all(fresh.map(pid => read(`/proc/${pid}/stat`)))
  const threads = stats.flatMap(stat => readKernelThread(stat) ?? [])
  const found = threads.map(async thread => {
    const stack = await read(`/proc/${thread.pid}/stack`)
    return outlivingThread({ ...thread, stack }, guest.log.last)
  })
  return [...(await Promise.all(found)), ...readOutlivingTimers(timers, guest.log.last)]
}
