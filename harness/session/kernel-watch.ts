import { readFile } from 'node:fs/promises'
import { scaled } from '../platform/deadlines.js'
import type { Problem } from '../contract/events.js'
import type { LogRecord } from '../contract/log-record.js'
import type { Guest } from '../guest/index.js'
import {
  FindingReader,
  lostProblem,
  nameAddresses,
  recordsOfConsole,
  Symbolizer,
  withUnloaded,
  type Finding,
} from '../verdict/index.js'
import type { ReadyMachine } from '../vm/index.js'
import { HeldFindings } from './held-findings.js'
import type { MachineSetup } from './job.js'
import { KernelLogFile } from './kernel-log-file.js'
import type { Modules } from './modules/modules.js'

/** An oops, by the counter that die() of each architecture prints: `Oops: 0002 [#1] PREEMPT`. */
const OOPS = /: [0-9a-f]{4,16} \[#\d+\]/
/** Time for undamaged work to end after an oops, and for the oops to be logged completely. */
const AFTERMATH_MS = 2_000
/** Reports shown whose records were lost. */
const SHOWN_REPORTS = 3

/** A machine, its guest, and the modules that are loaded there. */
export interface Watched {
  readonly setup: MachineSetup
  readonly machine: ReadyMachine
  readonly guest: Guest
  readonly modules: Modules
}

/** What one machine's kernel reports. */
export class KernelWatch {
  /** Called for each report as it arrives. */
  onReport: ((finding: Finding) => void) | undefined
  /** Resolves some time after an oops. */
  readonly aftermath: Promise<void>
  readonly symbolizer: Symbolizer
  /** A task, or the kernel, was killed. */
  hasOopsed = false
  readonly #of: Watched
  readonly #reader: FindingReader
  readonly #findings = new HeldFindings()
  readonly #file: KernelLogFile
  #toldLost = 0

  /** @param folder where the log is kept as text */
  constructor(watched: Watched, folder: string) {
    const { setup, guest } = watched
    this.#of = watched
    this.symbolizer = new Symbolizer(setup.modules)
    this.#reader = new FindingReader(setup.modules, finding => this.onReport?.(finding))
    this.#file = new KernelLogFile(`${folder}/kernel.log`)
    this.aftermath = new Promise(resolve => {
      const take = (record: LogRecord): void => {
        if (record.facility === 0 && OOPS.test(record.text)) {
          this.hasOopsed = true
          setTimeout(resolve, scaled(AFTERMATH_MS, setup.machine.accelerator)).unref()
        }
        this.#findings.add(this.#reader.push(record))
        this.#file.write(record)
      }
      guest.log.since(-1).forEach(take)
      guest.log.on('record', take)
    })
  }

  /** Why the log is not kept any more. */
  get unkept(): Error | undefined {
    return this.#file.failure
  }

  /** Adds records of the console that were not read over the connection. */
  addUnread(records: readonly LogRecord[]): void {
    for (const record of records) this.#findings.add(this.#reader.push(record))
  }

  /** Findings not taken yet, complete up to the last mark. */
  takeFindings(): Finding[] {
    this.#findings.add(this.#reader.end())
    const { reportedRecords, sections } = this.#of.modules
    return this.#findings
      .take()
      .map(finding => withUnloaded(finding, sections))
      .filter(
        ({ kind, firstSequence }) =>
          kind !== 'unknown-parameter' || !reportedRecords.has(firstSequence),
      )
  }

  /** The problem of records that were overwritten before they were read, since the last call. */
  async takeLost(): Promise<Problem | undefined> {
    const { lost } = this.#of.guest.log
    const since = lost - this.#toldLost
    this.#toldLost = lost
    return since === 0 ? undefined : lostProblem(since, await this.#lostReports())
  }

  /** Symbolizes addresses in functions of unloaded modules. */
  nameAddresses(text: string): Promise<string> {
    return nameAddresses(text, this.#of.modules.sections, this.symbolizer)
  }

  /** Resolves when the kept log is complete. */
  end(): Promise<void> {
    return this.#file.end()
  }

  /** For the user, and no findings: user space may write to the console, too. */
  async #lostReports(): Promise<string> {
    const before = this.#of.guest.log.takeBeforeLost()
    if (before === undefined) return ''
    const console = await readFile(this.#of.machine.console.path, 'latin1').catch(() => '')
    const reader = new FindingReader(this.#of.setup.modules)
    const records = recordsOfConsole(console, before)
    const found = [...records.flatMap(record => reader.push(record)), ...reader.end()]
    if (found.length === 0) return ''
    const texts = found.slice(0, SHOWN_REPORTS).map(({ text }) => text)
    return this.symbolizer.annotate(['on the console meanwhile:', ...texts].join('\n'))
  }
}
