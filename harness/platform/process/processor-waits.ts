import { readdirSync, readFileSync } from 'node:fs'

const NS_PER_MS = 1e6

/** How long runnable threads of a process wait for a processor (scheduler/sched-stats.rst). */
export class ProcessorWaits {
  readonly #tasks: string
  #before = new Map<string, number>()

  /** @param tasks the process's threads, as /proc/PID/task has them */
  constructor(tasks: string) {
    this.#tasks = tasks
  }

  /** Longest wait of one thread since the last look, in ms; 0 where the kernel does not count. */
  look(): number {
    const before = this.#before
    this.#before = new Map()
    let longest = 0
    for (const thread of namesIn(this.#tasks)) {
      const waited = waitedNs(`${this.#tasks}/${thread}/schedstat`)
      longest = Math.max(longest, waited - (before.get(thread) ?? 0))
      this.#before.set(thread, waited)
    }
    return longest / NS_PER_MS
  }
}

/** Time on a processor, time waited for one, and how often it had one. */
function waitedNs(schedstat: string): number {
  try {
    return Number(readFileSync(schedstat, 'latin1').split(' ')[1]) || 0
  } catch {
    // The thread has ended, or the kernel has no such file.
    return 0
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
