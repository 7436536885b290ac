import type { Guest, Process } from '../guest/index.js'
import {
  outlivingEntries,
  outlivingThread,
  readKernelThread,
  readOutlivingTimers,
  type Finding,
} from '../verdict/index.js'
import { listTree, runningPids } from './list-tree.js'

/** What a guest has before a module is loaded. */
export interface Baseline {
  /** Numbers of all that runs: processes and the kernel's threads. */
  readonly pids: ReadonlySet<number>
  /** Hundredths of a second since boot, when that was read. */
  readonly ticks: number
  readonly entries: ReadonlySet<string>
}

/** Where modules make entries, and what of it comes and goes without them. */
const PLACES: readonly [folder: string, omitted: RegExp][] = [
  ['/proc', /^\/proc\/(?:\d+|self|thread-self|sys\/fs\/binfmt_misc)$/],
  ['/dev', /^\/dev\/(?:pts|shm|mqueue|fd)$/],
  // gcov keeps the counts of modules that are unloaded
  ['/sys/kernel/debug', /^\/sys\/kernel\/debug\/(?:gcov|tracing)$/],
]
const DEPTH_FOLDERS = 4

type Readable = Pick<Guest, 'readFile'>

export async function readBaseline(guest: Readable, process: Process): Promise<Baseline> {
  const [pids, uptime, entries] = await Promise.all([
    runningPids(process),
    guest.readFile('/proc/uptime'),
    listEntries(process),
  ])
  return { pids: new Set(pids), ticks: Math.round(100 * parseFloat(uptime)), entries }
}

async function listEntries(process: Process): Promise<ReadonlySet<string>> {
  const trees = PLACES.map(([folder, omitted]) => listTree(process, folder, omitted, DEPTH_FOLDERS))
  return new Set((await Promise.all(trees)).flat())
}

/**
 * What is still there of modules that are unloaded, where the kernel lets it be seen: threads that were
 * not there before (a workqueue that may have to free memory has one, too), timers of high resolution,
 * and entries of /proc, /dev and debugfs. The kernel lists no ordinary timers (timer_list has hrtimers
 * alone): debug objects find one that lies in the module's memory, and nothing one on the heap.
 */
export async function outliving(
  guest: Readable & Pick<Guest, 'log'>,
  process: Process,
  before: Baseline,
): Promise<Finding[]> {
  const read = (path: string): Promise<string> =>
    // It may have ended meanwhile.
    guest.readFile(path).catch((error: unknown) => {
      if (['ENOENT', 'ESRCH'].includes((error as { code?: string }).code ?? '')) return ''
      throw error
    })
  const threadOf = async (pid: number) => readKernelThread(await read(`/proc/${pid}/stat`))
  const [pids, timers, entries] = await Promise.all([
    runningPids(process),
    read('/proc/timer_list'),
    listEntries(process),
  ])
  const { last } = guest.log
  const threads = (await Promise.all(pids.map(threadOf))).filter(thread => thread !== undefined)
  // The kernel gives a number again when its thread has ended.
  const fresh = threads.filter(({ pid, ticks }) => !before.pids.has(pid) || ticks > before.ticks)
  const found = fresh.map(async thread => {
    const stack = await read(`/proc/${thread.pid}/stack`)
    // A worker of the kernel's pools that was just made, or is ending, has not told yet what it is.
    const isStill = (await threadOf(thread.pid))?.ticks === thread.ticks
    return isStill ? [outlivingThread({ ...thread, stack }, last)] : []
  })
  return [
    ...(await Promise.all(found)).flat(),
    ...readOutlivingTimers(timers, last),
    ...outlivingEntries(before.entries, entries, last),
  ]
}
