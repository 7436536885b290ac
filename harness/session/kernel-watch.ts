import { scaled } from '../platform/waiting/deadlines.js'
import type { Problem } from '../contract/events.js'
import type { LogRecord } from '../contract/log-record.js'
import type { Guest } from '../guest/index.js'
import {
  DIED,
  FindingReader,
  lostProblem,
  mendLosses,
  nameAddresses,
  SourceLines,
  withUnloaded,
  type Finding,
} from '../verdict/index.js'
import type { ReadyMachine } from '../vm/index.js'
import { HeldFindings } from './held-findings.js'
import type { MachineSetup } from './job.js'
import { KernelLogFile } from './kernel-log-file.js'
import type { Modules } from './modules/modules.js'

/** Time for undamaged work to end after an oops, and for the oops to be logged completely. */
const AFTERMATH_MS = 2_000
/** Records before a loss in which a report that it cut may begin. */
const LONGEST_REPORT = 1_000

/** A machine, its guest, and the modules that are loaded there. */
export interface Watched {
  readonly setup: MachineSetup
  readonly machine: ReadyMachine
  readonly guest: Guest
  readonly modules: Modules
}

/** What was lost of a kernel's log. */
export interface LostRecords {
  readonly problem: Problem
  /** Reports that lost a part, completed from the console as far as it has it. */
  readonly findings: readonly Finding[]
}

/** What one machine's kernel reports. */
export class KernelWatch {
  /** Called for each report as it arrives. */
  onReport: ((finding: Finding) => void) | undefined
  /** Resolves some time after an oops. */
  readonly aftermath: Promise<void>
  readonly sourceLines: SourceLines
  /** A task, or the kernel, was killed. */
  hasOopsed = false
  readonly #of: Watched
  readonly #reader: FindingReader
  readonly #findings = new HeldFindings()
  readonly #file: KernelLogFile

  /** @param folder where the log is kept as text */
  constructor(watched: Watched, folder: string) {
    const { setup, guest } = watched
    this.#of = watched
    this.sourceLines = new SourceLines(setup.modules)
    this.#reader = new FindingReader(setup.modules, finding => this.onReport?.(finding))
    this.#file = new KernelLogFile(`${folder}/kernel.log`)
    this.aftermath = new Promise(resolve => {
      const take = (record: LogRecord): void => {
        if (record.facility === 0 && DIED.test(record.text)) {
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
    const { reportedRecords } = this.#of.modules
    return this.#placed(this.#findings).filter(
      ({ kind, firstSequence }) =>
        kind !== 'unknown-parameter' || !reportedRecords.has(firstSequence),
    )
  }

  /** Records that were overwritten before they were read, since the last call. */
  async takeLost(): Promise<LostRecords | undefined> {
    const { guest, machine, setup } = this.#of
    const losses = guest.log.takeLosses()
    const [first] = losses
    if (first === undefined) return undefined
    const count = losses.reduce((sum, loss) => sum + loss.count, 0)
    const around = guest.log.since(first.after.sequence - LONGEST_REPORT)
    const mended = mendLosses(around, losses, await machine.console.text(), setup.modules)
    const held = new HeldFindings()
    for (const finding of mended.findings) held.add([finding])
    return { problem: lostProblem(count, mended.lines), findings: this.#placed(held) }
  }

  /** Symbolizes addresses in functions of unloaded modules. */
  nameAddresses(text: string): Promise<string> {
    return nameAddresses(text, this.#of.modules.sections, this.sourceLines)
  }

  /** Resolves when the kept log is complete. */
  end(): Promise<void> {
    return this.#file.end()
  }

  /** Takes what is held, with the places in unloaded modules. */
  #placed(held: HeldFindings): Finding[] {
    const { sections } = this.#of.modules
    return held.take().map(finding => withUnloaded(finding, sections))
  }
}
