import { readdirSync, readFileSync } from 'node:fs'

const NS_PER_MS = 1e6

/** Of all threads the longest time, in milliseconds; 0 where the kernel does not count. */
interface ProcessorTime {
  readonly ranMs: number
  /** A runnable thread waited for a processor. */
  readonly waitedMs: number
}

/** How long threads of a process have a processor, or wait for one (scheduler/sched-stats.rst). */
export class ProcessorTimes {
  readonly #tasks: string
  #before = new Map<string, ProcessorTime>()

  /** @param tasks the process's threads, as /proc/PID/task has them */
  constructor(tasks: string) {
    this.#tasks = tasks
  }

  /** Since the last look. */
  look(): ProcessorTime {
    const before = this.#before
    this.#before = new Map()
    let [ranMs, waitedMs] = [0, 0]
    for (const thread of namesIn(this.#tasks)) {
      const now = timesIn(`${this.#tasks}/${thread}/schedstat`)
      const then = before.get(thread)
      ranMs = Math.max(ranMs, now.ranMs - (then?.ranMs ?? 0))
      waitedMs = Math.max(waitedMs, now.waitedMs - (then?.waitedMs ?? 0))
      this.#before.set(thread, now)
    }
    return { ranMs, waitedMs }
  }
}

/** Time on a processor, time waited for one, and how often it had one. */
function timesIn(schedstat: string): ProcessorTime {
  try {
    const [ran, waited] = readFileSync(schedstat, 'latin1').split(' ')
    return { ranMs: inMs(ran), waitedMs: inMs(waited) }
  } catch {
    // The thread has ended, or the kernel has no such file.
    return { ranMs: 0, waitedMs: 0 }
  }
}

const inMs = (nanoseconds: string | undefined): number => (Number(nanoseconds) || 0) / NS_PER_MS

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
