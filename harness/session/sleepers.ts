import type { Guest, Process } from '../guest/index.js'
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
/** Field indices in /proc/PID/stat after the name, which may contain anything. */
const [STATE, FLAGS, THREADS, STARTED] = [0, 6, 17, 19]

interface Stat {
  readonly name: string
  readonly fields: readonly string[]
}

function readStat(text: string): Stat {
  const end = text.lastIndexOf(')')
  return { name: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') }
}

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
  for (const text of stats) {
    const { fields } = readStat(text)
    if (fields[FLAGS] === undefined || (Number(fields[FLAGS]) & PF_KTHREAD) !== 0) continue
    const path = `/proc/${parseInt(text)}`
    // One at a time: the process's scratch memory does not fit many folders.
    if (fields[THREADS] === '1') tasks.push(path)
    else for (const thread of await threadsOf(process, path)) tasks.push(`${path}/task/${thread}`)
  }
  const sleepers = tasks.map(async path => {
    const text = await read(`${path}/stat`)
    const { name, fields } = readStat(text)
    if (fields[STATE] !== 'D') return []
    const switches = /^voluntary_ctxt_switches:\t(\d+)$/m.exec(await read(`${path}/status`))?.[1]
    if (switches === undefined) return []
    const pid = parseInt(text)
    return [{ pid, name, sleep: `${pid} ${fields[STARTED]} ${switches}` }]
  })
  return (await Promise.all(sleepers)).flat()
}
