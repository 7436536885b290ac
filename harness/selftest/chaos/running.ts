import { watch } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { scaledHere } from '../../platform/deadlines.js'
import { harnessError } from '../../platform/errors.js'
import type { RunEvent } from '../../contract/events.js'
import { readEvents } from '../../record/read.js'
import { markedProcesses } from './marked.js'

const EVENT_MS = 300_000
const LOOK_AGAIN_MS = 10

/** A `modprove` that runs now. */
export class Running {
  readonly pid: number
  readonly #mark: string
  readonly #records: string
  readonly #earlier: ReadonlySet<string>
  readonly #ended: Promise<unknown>
  readonly #output: () => string

  constructor(
    pid: number,
    mark: string,
    records: string,
    earlier: readonly string[],
    ended: Promise<unknown>,
    output: () => string,
  ) {
    this.pid = pid
    this.#mark = mark
    this.#records = records
    this.#earlier = new Set(earlier)
    this.#ended = ended
    this.#output = output
  }

  /** Sends a signal to it alone, as kill(1) does; one that has ended needs none. */
  kill(signal: NodeJS.Signals): void {
    try {
      process.kill(this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /**
   * Resolves with the first process of it whose command line `which` takes.
   * @throws ModproveError `NO_SUCH_PROCESS` when the run ends without one
   */
  async process(which: (commandLine: string) => boolean): Promise<number> {
    return this.#until('NO_SUCH_PROCESS', async () => {
      for (const { pid } of await markedProcesses(this.#mark)) {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (which(line.replaceAll('\0', ' '))) return pid
      }
      return undefined
    })
  }

  /** Resolves when it has said this. @throws ModproveError `NOT_SAID` when it ends without */
  async said(text: string): Promise<void> {
    await this.#until('NOT_SAID', () => Promise.resolve(this.#output().includes(text) || undefined))
  }

  /** There is no event for what another process does: it is looked for again and again. */
  async #until<T>(code: string, look: () => Promise<T | undefined>): Promise<T> {
    let ended = false
    void this.#ended.then(() => (ended = true))
    const until = performance.now() + scaledHere(EVENT_MS)
    for (;;) {
      const last = ended || performance.now() > until
      const found = await look()
      if (found !== undefined) return found
      if (last) throw harnessError(code, 'the run ended before what was to be disturbed')
      await sleep(LOOK_AGAIN_MS)
    }
  }

  /** Processes of QEMU that it has now. */
  async machines(): Promise<number[]> {
    const processes = await markedProcesses(this.#mark)
    return processes.filter(({ name }) => name.startsWith('qemu-system')).map(({ pid }) => pid)
  }

  /** All its processes: itself, workers, machines, compilers. */
  async processes(): Promise<number[]> {
    return (await markedProcesses(this.#mark)).map(({ pid }) => pid)
  }

  /** Memory of the largest of its processes that is no machine (proc(5) VmRSS), in KiB. */
  async memoryKiB(): Promise<number> {
    const processes = await markedProcesses(this.#mark)
    const own = processes.filter(({ name }) => !name.startsWith('qemu-system'))
    const sizes = own.map(async ({ pid }) => {
      const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
      return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0)
    })
    return Math.max(0, ...(await Promise.all(sizes)))
  }

  /** Its own folder of the record, once there is one. */
  async record(): Promise<string | undefined> {
    const names = (await readdir(this.#records).catch(() => [])).filter(name => /^\d/.test(name))
    const own = names.find(name => !this.#earlier.has(name))
    const folder = own === undefined ? undefined : join(this.#records, own)
    const begun = folder && (await stat(join(folder, 'events.jsonl')).catch(() => undefined))
    return begun === undefined ? undefined : folder
  }

  /**
   * Resolves with the first event of the record that `which` takes, as soon as it is written.
   * @throws ModproveError `NO_SUCH_EVENT` when the run ends without it
   */
  async event(which: (event: RunEvent) => boolean): Promise<RunEvent> {
    let ended = false
    const end = this.#ended.then(() => (ended = true))
    const until = performance.now() + scaledHere(EVENT_MS)
    for (;;) {
      const last = ended
      const folder = await this.record()
      const watched = folder ?? this.#records
      const changed = changeIn(watched)
      const events = folder === undefined ? [] : await readEvents(folder).catch(() => [])
      const found = events.find(which)
      if (found !== undefined || last || performance.now() > until) {
        changed.stop()
        if (found !== undefined) return found
        throw harnessError('NO_SUCH_EVENT', 'the run ended before what was to be disturbed')
      }
      await Promise.race([changed.promise, end])
      changed.stop()
    }
  }

  /** Resolves when its guests have said this line on their consoles, this often in all. @throws as `said` does */
  async guestSaid(line: string, times = 1): Promise<void> {
    await this.#until('NOT_SAID', async () => {
      const folder = await this.record()
      const text = folder === undefined ? '' : await consolesIn(folder).catch(() => '')
      return text.split(/\r?\n/).filter(each => each.trim() === line).length >= times || undefined
    })
  }

  /** Resolves when the test has begun: `suite`, and a name or a part of it. */
  async test(suite: string, part: string): Promise<void> {
    await this.event(
      event =>
        event.type === 'test-start' && event.job.endsWith(`/${suite}`) && event.test.includes(part),
    )
  }
}

/** All console.log files below a folder, as one text. */
async function consolesIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true })
  const logs = names.filter(name => name.endsWith('console.log'))
  const texts = await Promise.all(logs.map(name => readFile(join(folder, name), 'latin1')))
  return texts.join('')
}

/** Resolves at the next change in a folder, or after a moment: inotify(7) tells nothing of a change before the watch. */
function changeIn(folder: string): { readonly promise: Promise<void>; readonly stop: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>(done => (resolve = done))
  const timer = setTimeout(resolve, 500)
  let watcher: ReturnType<typeof watch> | undefined
  try {
    watcher = watch(folder, resolve).on('error', resolve)
  } catch {
    // The folder is not there yet; the timer looks again.
  }
  return {
    promise,
    stop: () => {
      clearTimeout(timer)
      watcher?.close()
    },
  }
}
