import { CallTimeout, SyscallError, type Guest } from '../../guest/index.js'
import { scaledHere } from '../../platform/waiting/deadlines.js'
import {
  outlivingEntries,
  outlivingThread,
  readOutlivingTimers,
  type Finding,
} from '../../verdict/index.js'
import { readLists, readTrees } from './left-behind.js'
import { kernelThread, readOfThread } from './kernel-threads.js'
import type { Modules } from './modules.js'
import { DeadlinePassed, race } from '../life/race.js'
import { pidsIn } from '../life/running-pids.js'

/** The state of a guest before a module is loaded. */
export interface Baseline {
  /** Ids of all processes and kernel threads. */
  readonly pids: ReadonlySet<number>
  /** Hundredths of a second since boot, when they were read. */
  readonly ticks: number
  readonly entries: ReadonlySet<string>
}

const isEntry = (path: string): boolean => !/^\/proc\/\d+$/.test(path)

type BaselineSource = Pick<Guest, 'readFile' | 'listTree'>

export async function readBaseline(guest: BaselineSource): Promise<Baseline> {
  const [paths, lists, uptime] = await Promise.all([
    readTrees(guest),
    readLists(guest),
    guest.readFile('/proc/uptime'),
  ])
  return {
    pids: new Set(pidsIn(paths, '/proc')),
    ticks: Math.round(100 * parseFloat(uptime)),
    entries: new Set([...paths, ...lists]),
  }
}

/**
 * What unloaded modules left behind, as far as the kernel shows it: new threads (a WQ_MEM_RECLAIM
 * workqueue has one, too), high-resolution timers, entries of /proc, /dev and /sys, and what is
 * registered. The kernel lists no ordinary timers (timer_list has only hrtimers): debug objects
 * find one in the module's memory; nothing finds one on the heap, nor a notifier.
 */
export async function outliving(
  guest: BaselineSource & Pick<Guest, 'log' | 'exec'>,
  before: Baseline,
): Promise<Finding[]> {
  const read = (path: string) => readOfThread(guest, path)
  const threadOf = (pid: number) => kernelThread(guest, pid)
  const [paths, timers] = await Promise.all([readTrees(guest), read('/proc/timer_list')])
  const { last } = guest.log
  const threads = (await Promise.all(pidsIn(paths, '/proc').map(threadOf))).filter(
    thread => thread !== undefined,
  )
  // The kernel reuses a pid when its thread has ended.
  const fresh = threads.filter(({ pid, ticks }) => !before.pids.has(pid) || ticks > before.ticks)
  const found = fresh.map(async thread => {
    const stack = await read(`/proc/${thread.pid}/stack`)
    // A pool's worker that was just made, or is ending, has no name of its pool yet.
    const isStill = (await threadOf(thread.pid))?.ticks === thread.ticks
    return isStill ? [outlivingThread({ ...thread, stack }, last)] : []
  })
  const threadsLeft = (await Promise.all(found)).flat()
  // Last: what is left there may crash its reader.
  const lists = await readLists(guest)
  const shown = [...paths.filter(isEntry), ...lists, ...(await readFormats(guest))]
  return [
    ...threadsLeft,
    ...readOutlivingTimers(timers, last),
    ...outlivingEntries(before.entries, new Set(shown), last),
  ]
}

/**
 * What is left, without what the kernel's own modules keep of it until they go: scsi_mod a cache
 * that it made for the first host. Only where something is left, these are unloaded for a look.
 * @param look what is left now
 */
export async function withoutKept(
  look: () => Promise<Finding[]>,
  modules: Pick<Modules, 'loadNeeded' | 'unloadNeeded'>,
): Promise<Finding[]> {
  const left = await look()
  if (left.length === 0) return left
  try {
    await modules.unloadNeeded()
    return await look()
  } catch (error) {
    // What is left holds one of them.
    if (!(error instanceof SyscallError)) throw error
    return left
  } finally {
    await modules.loadNeeded()
  }
}

/** Longer than a program takes that does nothing. */
const EXEC_MS = 10_000

/**
 * Nothing lists binary formats (register_binfmt()): whatever is run is shown to each of them.
 * @throws CallTimeout, ConnectionLost
 */
async function readFormats(guest: Pick<Guest, 'exec' | 'readFile'>): Promise<string[]> {
  const limitMs = scaledHere(EXEC_MS)
  try {
    await race(guest.exec(['true']), { limitMs })
  } catch (error) {
    if (error instanceof DeadlinePassed) throw new CallTimeout('execve("true")', limitMs)
    if ((error as { code?: string }).code !== 'COMMAND_NOT_STARTED') throw error
    // Over a lost connection none starts either; a read tells the two apart.
    await guest.readFile('/proc/uptime')
    return ['a binary format handler of an unloaded module, which crashes the next exec']
  }
  return []
}
