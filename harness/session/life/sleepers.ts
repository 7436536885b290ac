import type { Guest } from '../../guest/index.js'
import { parseStat } from '../../platform/process/stat.js'
import { runningPids } from './running-pids.js'

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

type ThreadSource = Pick<Guest, 'listTree' | 'readFile'>

/** Empty for a process that has just ended. */
const threadsOf = (guest: ThreadSource, path: string): Promise<readonly number[]> =>
  runningPids(guest, `${path}/task`)

/** All threads of processes that sleep uninterruptibly now. */
export async function readSleepers(guest: ThreadSource): Promise<readonly Sleeper[]> {
  // A task that has just ended has no file any more.
  const read = (path: string): Promise<string> => guest.readFile(path).catch(() => '')
  const pids = await runningPids(guest)
  const stats = await Promise.all(pids.map(pid => read(`/proc/${pid}/stat`)))
  const tasks: string[] = []
  for (const stat of stats.map(parseStat)) {
    if (stat === undefined || (stat.flags & PF_KTHREAD) !== 0) continue
    const path = `/proc/${stat.pid}`
    if (stat.threads === 1) tasks.push(path)
    else for (const thread of await threadsOf(guest, path)) tasks.push(`${path}/task/${thread}`)
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
