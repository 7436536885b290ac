import type { AcceleratorRequest } from '../../contract/accelerator.js'
import { EXIT } from '../../platform/errors.js'
import type { Terminal } from '../../platform/terminal/terminal.js'
import type { SuiteFile } from '../../plan/suite-files.js'
import { plainRun } from '../../plan/request.js'
import type { Project } from '../../project/project.js'
import { PrettyReporter } from '../../report/terminal/pretty.js'
import { reportError } from '../report-error.js'
import { run } from '../run/run.js'
import { failuresFirst } from './affected.js'
import { Outcomes } from './outcomes.js'
import type { Triggers } from './triggers.js'

export interface WatchContext {
  readonly kernel: string
  readonly flavour: string
  readonly accelerator: AcceleratorRequest
  readonly project: Project
  readonly terminal: Terminal
  readonly triggers: Triggers
  readonly signal: AbortSignal
}

/** Runs the suites of a watch, one run at a time, and keeps their results. */
export class WatchRuns {
  readonly outcomes = new Outcomes()
  /** Only tests whose name matches; empty for all. */
  grep = ''
  /** What ran last, in this order. */
  latest: readonly SuiteFile[] = []
  /** Also set if no suite ran: the module does not compile, or the disk is full. */
  #lastIsRed = false
  readonly #context: WatchContext

  constructor(context: WatchContext) {
    this.#context = context
  }

  get isRed(): boolean {
    return this.#lastIsRed || this.outcomes.failed.size > 0
  }

  /** Runs suites, failures first, until a trigger makes their results worthless. */
  async run(suites: readonly SuiteFile[]): Promise<void> {
    const { terminal, triggers } = this.#context
    if (suites.length === 0) return terminal.write('no suite failed\n')
    this.latest = failuresFirst(suites, this.outcomes.failed)
    this.outcomes.begin(this.latest)
    await triggers.during(outdated => this.#runLatest(outdated))
  }

  async #runLatest(outdated: AbortSignal): Promise<void> {
    const { kernel, flavour, accelerator, project, terminal, signal } = this.#context
    const reporter = new PrettyReporter(terminal.write)
    const request = {
      suites: this.latest.map(({ file }) => file),
      kernels: [kernel],
      flavours: [flavour],
      accelerator,
      ...(this.grep === '' ? {} : { grep: this.grep }),
      ...plainRun,
    }
    try {
      const { exitCode } = await run(request, {
        project,
        signal: AbortSignal.any([signal, outdated]),
        progress: terminal,
        report: event => {
          if (outdated.aborted) return
          reporter.take(event)
          this.outcomes.take(event)
        },
      })
      if (!outdated.aborted) this.#lastIsRed = exitCode !== EXIT.passed
    } catch (error) {
      if (outdated.aborted || signal.aborted) return
      // The watch goes on.
      reportError(error)
      this.#lastIsRed = true
    }
  }
}
