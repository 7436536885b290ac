import { appendFileSync } from 'node:fs'
import type { JobRef, RunEvent, RunStart, TestEnd } from '../../contract/events.js'
import { pick } from '../../platform/pick.js'
import { columnName } from '../../record/run-progress.js'
import type { RunRecord } from '../../record/record.js'
import { isReplayable, writeReplay } from '../../record/replay.js'

const FINDINGS = 'findings.jsonl'

/** What a repeated job writes again in its folder. */
export const FILES_OF_FAILURES = [FINDINGS, 'failures']

/** Keeps the failures of a run, of whose events it is told. */
export class FailureFiles {
  readonly #record: RunRecord
  #start: RunStart | undefined
  readonly #jobs = new Map<string, JobRef>()
  /** Of kernels, by column. */
  readonly #keys = new Map<string, string>()
  /** By job: its tests that can be run again. */
  readonly #replays = new Map<string, number>()

  /** @param earlier events that are still valid */
  constructor(record: RunRecord, earlier: readonly RunEvent[]) {
    this.#record = record
    for (const event of earlier) this.take(event)
  }

  take(event: RunEvent): void {
    if (event.type === 'run-start') this.#start = event
    else if (event.type === 'plan') for (const ref of event.jobs) this.#jobs.set(ref.id, ref)
    else if (event.type === 'column') this.#keys.set(columnName(event), event.key)
    else if (event.type === 'test-end' && event.replay !== undefined)
      this.#replays.set(event.job, this.#replaysOf(event.job) + 1)
  }

  /**
   * Keeps a test's findings, and what is needed to run it again if it did not pass.
   * @returns the result, with the folder of its replay
   */
  keep(result: TestEnd): TestEnd {
    const { job, test, attempt, findings, flaky } = result
    const replay = isReplayable(result) ? this.#keepReplay(result) : undefined
    const all = [...(flaky?.findings ?? []), ...findings]
    if (all.length > 0) {
      const lines = all.map(finding => `${JSON.stringify({ test, attempt, ...finding })}\n`)
      appendFileSync(`${this.#record.makeJobFolder(job)}/${FINDINGS}`, lines.join(''))
    }
    return replay === undefined ? result : { ...result, replay }
  }

  #keepReplay({ job, test }: TestEnd): string | undefined {
    const start = this.#start
    const ref = this.#jobs.get(job)
    if (start === undefined || ref === undefined) return undefined
    const { kernel, release, flavour, suite } = ref
    return writeReplay(this.#record.folder, ref, this.#replaysOf(job) + 1, {
      run: start.run,
      commit: start.commit,
      content: start.content,
      kernel,
      release,
      flavour,
      key: this.#keys.get(columnName(ref)) ?? '',
      suite,
      test,
      accelerator: start.host.accelerator,
      cold: start.request?.cold ?? false,
      ...(start.request && pick(start.request, 'retries', 'timeoutMs')),
    })
  }

  readonly #replaysOf = (job: string): number => this.#replays.get(job) ?? 0
}
