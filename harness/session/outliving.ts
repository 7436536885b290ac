import type { Guest, Process } from '../guest/index.js'
import {
  outlivingEntries,
  outlivingThread,
  readKernelThread,
  readOutlivingTimers,
  type Finding,
} from '../verdict/index.js'
import { listTree, runningPids } from './list-tree.js'

/** The state of a guest before a module is loaded. */
export interface Baseline {
  /** Ids of all processes and kernel threads. */
  readonly pids: ReadonlySet<number>
  /** Hundredths of a second since boot, when they were read. */
  readonly ticks: number
  readonly entries: ReadonlySet<string>
}

/** Where modules make entries, and what changes there without them. */
const PLACES: readonly [folder: string, omitted: RegExp][] = [
  ['/proc', /^\/proc\/(?:\d+|self|thread-self|sys\/fs\/binfmt_misc)$/],
  ['/dev', /^\/dev\/(?:pts|shm|mqueue|fd)$/],
  // gcov keeps the counts of unloaded modules
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
 * What unloaded modules left behind, as far as the kernel shows it: new threads (a WQ_MEM_RECLAIM
 * workqueue has one, too), high-resolution timers, and entries of /proc, /dev and debugfs. The
 * kernel lists no ordinary timers (timer_list has only hrtimers): debug objects find one in the
 * module's memory; nothing finds one on the heap.
 */
export async function outliving(
  guest: Readable & Pick<Guest, 'log'>,
  process: Process,
  before: Baseline,
): Promise<Finding[]> {
  const read = (path: string): Promise<string> =>
    // The thread may have ended.
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
  // The kernel reuses a pid when its thread has ended.
  const fresh = threads.filter(({ pid, ticks }) => !before.pids.has(pid) || ticks > before.ticks)
  const found = fresh.map(async thread => {
    const stack = await read(`/proc/${thread.pid}/stack`)
    // A pool's worker that was just made, or is ending, has no name of its pool yet.
    const isStill = (await threadOf(thread.pid))?.ticks === thread.ticks
    return isStill ? [outlivingThread({ ...thread, stack }, last)] : []
  })
  return [
    ...(await Promise.all(found)).flat(),
    ...readOutlivingTimers(timers, last),
    ...outlivingEntries(before.entries, entries, last),
  ]
}
