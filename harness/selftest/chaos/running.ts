import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { scaledHere } from '../../platform/waiting/deadlines.js'
import { harnessError } from '../../platform/errors.js'
import type { RunEvent } from '../../contract/events.js'
import { readEvents } from '../../record/read.js'
import { markedProcesses } from './marked.js'

const EVENT_MS = 300_000
const LOOK_AGAIN_MS = 10

/** A `modprove` that was started. */
interface Started {
  readonly pid: number
  readonly mark: string
  /** The folder of records, and what was in it before. */
  readonly records: string
  readonly earlier: readonly string[]
  readonly ended: Promise<unknown>
  readonly output: () => string
}

/** A running `modprove`. */
export class Running {
  readonly #run: Started

  constructor(run: Started) {
    this.#run = run
  }

  /** Sends a signal to this process only; one that has ended is ignored. */
  kill(signal: NodeJS.Signals): void {
    try {
      process.kill(this.#run.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /**
   * Resolves with its first process whose command line `which` accepts.
   * @throws ModproveError `NO_SUCH_PROCESS` if the run ends without one
   */
  async process(which: (commandLine: string) => boolean): Promise<number> {
    return this.#until('NO_SUCH_PROCESS', async () => {
      for (const { pid } of await markedProcesses(this.#run.mark)) {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (which(line.replaceAll('\0', ' '))) return pid
      }
      return undefined
    })
  }

  /** Resolves when it has printed a text. @throws ModproveError `NOT_SAID` if it ends without */
  async said(text: string): Promise<void> {
    await this.#until('NOT_SAID', () =>
      Promise.resolve(this.#run.output().includes(text) || undefined),
    )
  }

  /** Polls, because other processes' actions send no event. */
  async #until<T>(code: string, look: () => Promise<T | undefined>): Promise<T> {
    let ended = false
    void this.#run.ended.then(() => (ended = true))
    const until = performance.now() + scaledHere(EVENT_MS)
    for (;;) {
      const last = ended || performance.now() > until
      const found = await look()
      if (found !== undefined) return found
      if (last) throw harnessError(code, 'the run ended before what was to be disturbed')
      await sleep(LOOK_AGAIN_MS)
    }
  }

  /** Pids of its current QEMU processes. */
  async machines(): Promise<number[]> {
    const processes = await markedProcesses(this.#run.mark)
    return processes.filter(({ name }) => name.startsWith('qemu-system')).map(({ pid }) => pid)
  }

  /** All its processes: itself, workers, machines, compilers. */
  async processes(): Promise<number[]> {
    return (await markedProcesses(this.#run.mark)).map(({ pid }) => pid)
  }

  /** Memory of its largest process except machines (proc(5) VmRSS), in KiB. */
  async memoryKiB(): Promise<number> {
    const processes = await markedProcesses(this.#run.mark)
    const own = processes.filter(({ name }) => !name.startsWith('qemu-system'))
    const sizes = own.map(async ({ pid }) => {
      const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
      return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0)
    })
    return Math.max(0, ...(await Promise.all(sizes)))
  }

  /** Its folder in the record, once it exists. */
  async record(): Promise<string | undefined> {
    const names = (await readdir(this.#run.records).catch(() => [])).filter(name =>
      /^\d/.test(name),
    )
    const own = names.find(name => !this.#run.earlier.includes(name))
    const folder = own === undefined ? undefined : join(this.#run.records, own)
    const begun = folder && (await stat(join(folder, 'events.jsonl')).catch(() => undefined))
    return begun === undefined ? undefined : folder
  }

  /**
   * Resolves with the first recorded event that `which` accepts.
   * @throws ModproveError `NO_SUCH_EVENT` if the run ends without it
   */
  async event(which: (event: RunEvent) => boolean): Promise<RunEvent> {
    return this.#until('NO_SUCH_EVENT', async () => {
      const folder = await this.record()
      const events = folder === undefined ? [] : await readEvents(folder).catch(() => [])
      return events.find(which)
    })
  }

  /** Repeats `look` until the run has ended. */
  async whileItLasts(everyMs: number, look: () => Promise<void>): Promise<void> {
    const over = this.event(event => event.type === 'run-end').then(() => true)
    do await look()
    while (!(await Promise.race([over, sleep(everyMs, false)])))
  }

  /** Resolves when its guests' consoles have this line so many times. @throws as `said` */
  async guestSaid(line: string, times = 1): Promise<void> {
    await this.#until('NOT_SAID', async () => {
      const folder = await this.record()
      const text = folder === undefined ? '' : await consolesIn(folder).catch(() => '')
      return text.split(/\r?\n/).filter(each => each.trim() === line).length >= times || undefined
    })
  }

  /** Resolves when a test has started, given by suite and part of its name. */
  async test(suite: string, part: string): Promise<void> {
    await this.event(
      event =>
        event.type === 'test-start' && event.job.endsWith(`/${suite}`) && event.test.includes(part),
    )
  }
}

/** Concatenates all console.log files below a folder. */
async function consolesIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true })
  const logs = names.filter(name => name.endsWith('console.log'))
  const texts = await Promise.all(logs.map(name => readFile(join(folder, name), 'latin1')))
  return texts.join('')
}
