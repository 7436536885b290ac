import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WITHOUT_COLOURS } from '../../platform/terminal/colours.js'
import { readEvents } from '../../record/read.js'
import { viewOf } from '../../record/view.js'
import { privateFolder, type PrivateFolder } from '../../platform/files/private-folder.js'
import type { Progress } from '../../platform/terminal/progress.js'
import { commandFile } from '../../platform/files/package-root.js'
import { script } from '../../platform/process/script.js'
import { scratchProject } from '../../project/scratch-project.js'
import { faulty } from './faulty.js'
import { Findings, type Ended } from './findings.js'
import { leftProcesses, markOf } from './marked.js'
import { Running } from './running.js'
import { startShellJob } from './shell-job.js'

export interface LabRunOptions {
  /** Added to the environment; `undefined` removes a variable. */
  readonly env?: NodeJS.ProcessEnv
  /** Prefix words for `node`: `systemd-run`, `prlimit`, … */
  readonly wrapper?: readonly string[]
  /** The `modprove` to run; default: this harness. */
  readonly command?: string
  /** Interferes with the run. */
  readonly during?: (running: Running) => Promise<void>
  /** It was killed before it could remove its temporary folder, which the next run does. */
  readonly wasKilled?: boolean
  /** Others run concurrently, whose temporary files are not its leftovers. */
  readonly isOneOfMany?: boolean
}

/** Where a fault is injected: a project in its own folder. */
export class Lab extends Findings implements AsyncDisposable {
  /** Series or release that the suites run on. */
  readonly kernel: string
  readonly seed: number
  readonly signal: AbortSignal
  /** The project's root. */
  readonly root: string
  readonly progress: Progress
  readonly #project: PrivateFolder
  readonly #temporary: PrivateFolder

  private constructor(
    project: PrivateFolder,
    temporary: PrivateFolder,
    { kernel, seed, signal, progress }: LabOptions,
  ) {
    super()
    this.#project = project
    this.#temporary = temporary
    this.root = project.path
    this.kernel = kernel
    this.seed = seed
    this.signal = signal
    this.progress = progress
  }

  static async open(options: LabOptions): Promise<Lab> {
    const project = await scratchProject(faulty)
    // A short path, for unix sockets below it.
    return new Lab(project, await privateFolder({ TMPDIR: '/tmp' }), options)
  }

  /**
   * Runs `modprove` in the lab, and checks for leftovers.
   * @param args `['run', 'panic']`; `--kernel` is added to `run`
   */
  async run(args: readonly string[], options: LabRunOptions = {}): Promise<Ended> {
    const [command = '', ...rest] = args
    const mark = randomBytes(8).toString('hex')
    const records = join(this.root, '.modprove/runs')
    await mkdir(records, { recursive: true })
    const earlier = await readdir(records)
    const kernel = command === 'run' && !rest.includes('--kernel') ? ['--kernel', this.kernel] : []
    const words = ['node', options.command ?? commandFile, command, ...rest, ...kernel]
    const job = startShellJob([...(options.wrapper ?? []), ...words], {
      cwd: this.root,
      env: {
        ...WITHOUT_COLOURS,
        TMPDIR: this.#temporary.path,
        XDG_RUNTIME_DIR: undefined,
        ...options.env,
        ...markOf(mark),
      },
      signal: this.signal,
    })
    const running = new Running({ ...job, mark, records, earlier })
    try {
      await options.during?.(running)
    } catch (error) {
      job.kill()
      await job.ended
      throw new Error(`${(error as Error).message}; the run said:\n${job.output()}`, {
        cause: error,
      })
    }
    const { exitCode, signal } = await job.ended
    const output = job.output()
    this.signal.throwIfAborted()
    await this.#lookForLeftovers(mark, options.wasKilled ?? options.isOneOfMany ?? false)
    const folder = (await recordIn(output)) ?? (await running.record())
    const view = folder === undefined ? undefined : viewOf(await readEvents(folder))
    const results = view?.columns.flatMap(({ jobs }) => jobs.flatMap(job => job.results)) ?? []
    return { exitCode, signal, output, folder, view, results }
  }

  /** Returns `modprove report` of the latest run. */
  async report(format: string): Promise<string> {
    const to = join(this.#temporary.path, 'report')
    const options = format === 'html' ? ['--output', to] : []
    const $ = script({
      cwd: this.root,
      env: { ...WITHOUT_COLOURS, TMPDIR: this.#temporary.path },
      signal: this.signal,
    })
    const { stdout } = await $`node ${commandFile} report --format ${format} ${options}`.nothrow()
    if (format !== 'html') return stdout
    const text = await readFile(to, 'utf8')
    await rm(to, { recursive: true, force: true })
    return text
  }

  async #lookForLeftovers(mark: string, wasKilled: boolean): Promise<void> {
    const processes = await leftProcesses(mark)
    const names = processes.map(({ name, pid }) => `${name} (${pid})`).join(', ')
    // Ports and flock(2) locks are released with their processes.
    this.check('no process is left', processes.length === 0, names)
    for (const { pid } of processes) process.kill(pid, 'SIGKILL')
    if (wasKilled) return
    // tsx caches transpiled files there, shared by a user's processes.
    const files = (await readdir(this.#temporary.path)).filter(name => !/^tsx-\d+$/.test(name))
    this.check('no temporary file is left', files.length === 0, files.join(', '))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#project[Symbol.asyncDispose]()
    await this.#temporary[Symbol.asyncDispose]()
  }
}

/** Finds the record's folder that a run printed at its end. */
async function recordIn(output: string): Promise<string | undefined> {
  const folder = /^record: (\S+)/m.exec(output)?.[1]
  // The record may be on a disk that only the run had mounted.
  const found = folder && (await stat(join(folder, 'events.jsonl')).catch(() => undefined))
  return found ? folder : undefined
}

export interface LabOptions {
  readonly kernel: string
  /** Of faults that strike at random. */
  readonly seed: number
  readonly signal: AbortSignal
  readonly progress: Progress
}
