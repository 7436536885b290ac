import type { Guest, Process } from '../guest/index.js'
import { parseStat } from '../platform/process/stat.js'
import { runningPids } from './list-tree.js'

/** A task in an uninterruptible sleep; see proc(5). */
export interface Sleeper {
  readonly pid: number
  /** `comm`, as the guest reports it. */
  readonly name: string
  /**
   * Unchanged as long as the task has not woken: pid, start time and number of voluntary switches.
   */
  readonly sleep: string
}

/** A kernel thread; see PF_KTHREAD in include/linux/sched.h. It may sleep so for ever. */
const PF_KTHREAD = 0x00200000

/** Empty for a process that has just ended. */
const threadsOf = (process: Process, path: string): Promise<readonly number[]> =>
  runningPids(process, `${path}/task`).catch(() => [])

/** All threads of processes that sleep uninterruptibly now. */
export async function readSleepers(
  guest: Pick<Guest, 'process' | 'readFile'>,
): Promise<readonly Sleeper[]> {
  // A task that has just ended has no file any more.
  const read = (path: string): Promise<string> => guest.readFile(path).catch(() => '')
  await using process = await guest.process()
  const pids = await runningPids(process)
  const stats = await Promise.all(pids.map(pid => read(`/proc/${pid}/stat`)))
  const tasks: string[] = []
  for (const stat of stats.map(parseStat)) {
    if (stat === undefined || (stat.flags & PF_KTHREAD) !== 0) continue
    const path = `/proc/${stat.pid}`
    // One at a time: the process's scratch memory does not fit many folders.
    if (stat.threads === 1) tasks.push(path)
    else for (const thread of await threadsOf(process, path)) tasks.push(`${path}/task/${thread}`)
  }
  const sleepers = tasks.map(async path => {
    const stat = parseStat(await read(`${path}/stat`))
    if (stat?.state !== 'D') return []
    const switches = /^voluntary_ctxt_switches:\t(\d+)$/m.exec(await read(`${path}/status`))?.[1]
    if (switches === undefined) return []
    const { pid, name, startTicks } = stat
    return [{ pid, name, sleep: `${pid} ${startTicks} ${switches}` }]
  })
  return (await Promise.all(sleepers)).flat()
}
