import type { FindingReport, Problem } from '../contract/events.js'
import { thrownFirst } from '../platform/errors.js'
import { CallTimeout } from '../guest/index.js'
import { problemOf, verdictOf, type LossOfResult, type Finding } from '../verdict/index.js'
import type { FindingReports } from '../session/finding-reports.js'
import type { Life } from '../session/life/life.js'
import { MachineGone, NotReturned, race } from '../session/life/race.js'
import { SILENT } from '../session/life/stuck.js'
import type { Session } from '../session/session.js'
import type { TryResult } from './try-result.js'

export interface StageLimits {
  readonly limitMs: number
  /** Resolves when waiting is useless. */
  readonly gone: Promise<void>
  /** What else may end the wait: they reject. */
  readonly hung?: readonly Promise<never>[]
  /** True if any failure means that the machine cannot be judged any more. */
  readonly isLast?: boolean
  /** Whether the guest lives, if it was asked. */
  readonly asked?: () => Promise<Life>
  /** Begins the message for what did not return. */
  readonly describe?: (error: unknown) => string
}

/** What is found out about a machine in a test, or at a suite's end, and the verdict on it. */
export class Examination {
  readonly problems: Problem[] = []
  /** A call, or the test itself, did not return. */
  overrun = false
  /** Time that it waited for its turn; not counted as its own. */
  waitedMs = 0
  /** The function that it hung in, if known. */
  stuckIn: string | undefined
  readonly #session: Session
  readonly #reports: FindingReports
  readonly #signal: AbortSignal
  readonly #since = performance.now()
  #findings: readonly Finding[] = []
  #shown: FindingReport[] = []
  #death: LossOfResult | undefined

  constructor(session: Session, reports: FindingReports, signal: AbortSignal) {
    this.#session = session
    this.#reports = reports
    this.#signal = signal
  }

  /** The machine is lost: nothing more can be found out. */
  get isOver(): boolean {
    return this.#death !== undefined
  }

  /** What was found, without known false alarms. */
  get unknown(): readonly Finding[] {
    return this.#findings.filter(finding => !this.#reports.isKnown(finding))
  }

  /** Adds findings: by default what the kernel has reported, complete up to the last mark. */
  take(findings: readonly Finding[] = this.#session.kernel.takeFindings()): readonly Finding[] {
    this.#findings = [...this.#findings, ...findings]
    return findings
  }

  /**
   * Runs one stage, unless the machine is lost; its errors are problems.
   * @throws the signal's reason
   */
  async stage<T>(work: () => Promise<T>, limits: StageLimits): Promise<T | undefined> {
    if (this.isOver) return undefined
    const session = this.#session
    const stoppedMs = (): number => session.machine.stoppedMs
    try {
      return await race(work(), { ...limits, signal: this.#signal, stoppedMs })
    } catch (thrown) {
      const error = thrownFirst(thrown)
      this.#signal.throwIfAborted()
      await session.settled()
      // After an oops the log has the cause: asking the guest would only wait for what was killed.
      const isGone = error instanceof MachineGone
      const hasNotReturned = error instanceof NotReturned || error instanceof CallTimeout
      // A call that does not return has overrun the test: its kernel stack is needed.
      const isLate = !isGone && (limits.isLast === true || hasNotReturned)
      // How the machine ended says more than the call that failed by it.
      if (isLate || isGone || session.isGone) await this.#lose(isLate, error, limits)
      else this.problems.push(problemOf(error))
      return undefined
    }
  }

  async #lose(isLate: boolean, error: unknown, { asked, describe }: StageLimits): Promise<void> {
    this.overrun ||= isLate
    const last = await this.#session.postMortem(isLate, isLate ? asked?.() : undefined)
    const { stuckIn } = last
    this.#death = last.death
    this.stuckIn = stuckIn
    this.take(last.findings)
    // The task may be the harness's own: the function tells more.
    const where = stuckIn === undefined || stuckIn === SILENT ? '' : `hangs in ${stuckIn}: `
    const words = isLate && describe !== undefined ? `${describe(error)}: ` : ''
    this.problems.push({
      kind: isLate ? 'overrun' : 'death',
      message: `${where}${words}${last.death.explanation}`,
      ...(last.evidence === '' ? {} : { detail: last.evidence }),
    })
  }

  /** Ends the reading of the log: lost records become a problem; no further stage may follow. */
  async closeLog(): Promise<readonly FindingReport[]> {
    const lost = await this.#session.kernel.takeLost()
    if (lost !== undefined) {
      this.problems.push(lost.problem)
      this.#mend(lost.findings)
    }
    return (this.#shown = await this.#reports.of(this.#findings))
  }

  /** Adds findings that were cut, in place of what had been read of them. */
  #mend(mended: readonly Finding[]): void {
    const begun = new Set(mended.map(({ firstSequence }) => firstSequence))
    const isWhole = ({ cut, firstSequence }: Finding): boolean =>
      cut === undefined || !begun.has(firstSequence)
    this.#findings = [...this.#findings.filter(isWhole), ...mended]
  }

  /** @param problems all that were found, in the order of display */
  result(
    problems: readonly Problem[],
    unguarded: readonly string[],
    { tap, skipped }: { readonly tap: string; readonly skipped?: string | undefined },
  ): TryResult {
    const { sinceSuspendMs } = this.#session.machine
    const [reports, findings, death] = [this.#shown, this.#findings, this.#death]
    return {
      ...verdictOf({ problems, reports, findings, death, skipped, sinceSuspendMs }),
      findings: reports,
      tap,
      durationMs: Math.round(performance.now() - this.#since - this.waitedMs),
      ...(unguarded.length > 0 ? { unguarded } : {}),
    }
  }
}
