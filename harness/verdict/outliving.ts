import { parseStat } from '../platform/process/stat.js'
import { besideLog, type Finding } from './finding.js'
import { parseTraceLine } from './symbols/trace-line.js'

const MAX_TEXT_CHARACTERS = 4096
const MOST_ENTRIES = 50

/** A kernel thread, from /proc/PID/stat and /proc/PID/stack. */
export interface KernelThread {
  readonly pid: number
  readonly comm: string
  /** Start time in ticks of 10 ms since boot. */
  readonly ticks: number
  /** Empty if the kernel does not print it. */
  readonly stack: string
}

/** PID of kthreadd, the parent of all kernel threads. */
const KTHREADD = 2
/** PF_WQ_WORKER (include/linux/sched.h). */
const IS_WORKER = 0x20
/** Pool workers come and go; a rescuer belongs to one workqueue (named so since 6.9). */
const OF_A_POOL = /^kworker\/(?!R-)/

/** Parses /proc/PID/stat; undefined for user processes and workers of the kernel's pools. */
export function readKernelThread(text: string): Omit<KernelThread, 'stack'> | undefined {
  const stat = parseStat(text)
  if (stat?.parent !== KTHREADD) return undefined
  const { pid, name: comm, flags, startTicks: ticks } = stat
  return (flags & IS_WORKER) !== 0 && OF_A_POOL.test(comm) ? undefined : { pid, comm, ticks }
}

/** @param sequence of the last log record when it was read; it has none of its own */
export function outlivingThread(
  { pid, comm, stack }: Omit<KernelThread, 'ticks'>,
  sequence: number,
): Finding {
  const frames = stack.split('\n').flatMap(line => parseTraceLine(line) ?? [])
  const name = comm.replace(/\d+/g, 'N')
  return {
    ...left(`kernel thread ${name} outlives the modules`, sequence),
    frames,
    task: { comm, pid },
    text: `kernel thread ${comm} (pid ${pid})\n${stack}`.slice(0, MAX_TEXT_CHARACTERS),
  }
}

/**
 * Timers in /proc/timer_list whose module is gone: the kernel prints an address, not a name.
 *
 * @param sequence as above
 */
export function readOutlivingTimers(timerList: string, sequence: number): Finding[] {
  const pattern = /^ #\d{1,10}: <[^>\n]{1,40}>, 0x[0-9a-f]{1,16}, S:.{0,40}\n? ?#? ?(.{0,200})/gm
  return [...timerList.matchAll(pattern)].map(([text]) => ({
    ...left('an hrtimer outlives its module: its function is gone', sequence),
    text: `an hrtimer whose function is gone\n${text}`,
  }))
}

/**
 * New files, folders and what is registered; the contents of new folders are not listed.
 *
 * @param sequence as above
 */
export function outlivingEntries(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  sequence: number,
): Finding[] {
  const isNew = (path: string): boolean => after.has(path) && !before.has(path)
  const fresh = [...after].filter(path => isNew(path) && !isNew(path.replace(/(?:^|\/)[^/]*$/, '')))
  return fresh.slice(0, MOST_ENTRIES).map(path => ({
    ...left(`${withoutAddresses(path).replace(/\d+/g, 'N')} outlives the modules`, sequence),
    text: path,
  }))
}

/** `/proc/iomem: fed00000-fed003ff : ring` without its range. */
const withoutAddresses = (entry: string): string =>
  entry.replace(/(?<=: )[0-9a-f]{4,16}-[0-9a-f]{4,16} : /, '')

/** With numbers, which its title has not: `/dev/ring0`, `kernel thread ringd (pid 70)`. */
export const whatIsLeft = ({ text }: Pick<Finding, 'text'>): string => text.split('\n', 1)[0] ?? ''

const left = (title: string, sequence: number): Finding => besideLog('outliving', title, sequence)
