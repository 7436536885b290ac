import { join } from 'node:path'
import { contentKey, loadFlavours, selectFlavour } from '../../builder/index.js'
import type { BisectEvent } from '../../contract/bisect-events.js'
import { EXIT, usageError } from '../../platform/errors.js'
import type { RunEvent } from '../../contract/events.js'
import type { Progress } from '../../platform/progress.js'
import type { Project } from '../../project/project.js'
import { chooseAccelerator, type AcceleratorWish } from '../../vm/index.js'
import { ActivityRecord } from '../activity-record.js'
import { KeptAnswers } from './answers.js'
import { prepareCandidate, type BuildFailure } from './ask.js'
import type { Candidate, SearchSpace } from './candidate.js'
import { repeatUntilCertain } from './certain.js'
import { commitRow } from './commit-row.js'
import { releaseRow } from './release-row.js'
import { searchRow, type Found } from './search-row.js'
import { targetOf } from './target.js'

export interface BisectRequest {
  /** `mmap:C26` */
  readonly test: string
  /** Releases, or with `module` commits. */
  readonly good: string
  readonly bad: string
  /** Search the module's commits, on one kernel. */
  readonly module: boolean
  /** The kernel for `module`; default 6.1. */
  readonly kernel?: string
  readonly flavour: string
  readonly accelerator: AcceleratorWish
  /** Treatment of build failures: `skip` (125 in `git bisect run`), or bad. */
  readonly buildFailure: BuildFailure
  /** Ignore answers of earlier bisects. */
  readonly fresh: boolean
}

export interface BisectContext {
  readonly project: Project
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly report: (event: RunEvent | BisectEvent) => void
}

/**
 * Finds the first release, or the first commit of the module, on which a test fails.
 * @returns the exit status: 0 if found, 3 if skipped candidates leave several
 * @throws ModproveError for usage errors before anything is recorded; those of `searchRow`, and
 * errors that would affect every candidate, after closing the record. The signal's reason
 */
export async function bisect(request: BisectRequest, context: BisectContext): Promise<number> {
  const { project, signal, progress } = context
  if (!request.module && request.kernel !== undefined) {
    throw usageError(
      'BAD_TARGET',
      '--kernel needs --module; without it, --good and --bad name the kernels',
    )
  }
  const target = await targetOf(project, request.test)
  const flavour = selectFlavour(await loadFlavours(), request.flavour)
  const work = { project, signal, progress }
  const row = request.module
    ? await commitRow(request, request.kernel ?? '6.1', flavour, work)
    : await releaseRow(request, flavour, work)
  const accelerator = await chooseAccelerator(request.accelerator, {
    signal,
    say: line => progress.say(line),
  })
  const record = new ActivityRecord<BisectEvent>(project, context.report)
  const { suites } = await record.begin(accelerator)
  const { candidates } = row
  const names = candidates.map(({ name }) => name)
  record.emit({ type: 'bisect-start', over: row.over, test: target.word, candidates: names })
  const answers = new KeptAnswers(join(project.state, 'bisect/answers.jsonl'))
  const keyOf = ({ content }: Candidate): string =>
    contentKey({
      content,
      suites,
      suite: target.suite.name,
      grep: target.grep ?? '',
      // The two modes give different answers for one place.
      ...(request.buildFailure === 'bad' ? { buildFailure: 'bad' } : {}),
    })
  const at = (place: number): Candidate => {
    const candidate = candidates[place]
    if (candidate === undefined) throw new RangeError(`there is no candidate ${place}`)
    return candidate
  }
  let known: Found | undefined
  let exitCode: number = EXIT.harness
  try {
    const found = await searchRow(
      {
        candidates,
        recall: place => (request.fresh ? undefined : answers.get(keyOf(at(place)))),
        ask: async place => {
          const { buildFailure } = request
          const machine = { accelerator, cold: false }
          const asking = { ...work, target, machine, buildFailure, record }
          const answer = await repeatUntilCertain(prepareCandidate(at(place), asking))
          answers.keep(keyOf(at(place)), answer)
          return answer
        },
        emit: record.emit,
      },
      found => (known = found),
    )
    known = found
    exitCode = found.first === found.last ? EXIT.passed : EXIT.harness
  } finally {
    if (signal.aborted) exitCode = EXIT.interrupted
    if (known !== undefined) record.emit(await endOf(row, known))
    record.end(exitCode)
  }
  return exitCode
}

async function endOf(row: SearchSpace, { first, last }: Found): Promise<BisectEvent> {
  const names = row.candidates.map(({ name }) => name)
  return {
    type: 'bisect-end',
    lastGood: names[first - 1] ?? '',
    suspects: names.slice(first, last + 1),
    // After an interruption there is no time to ask git.
    between: await row.between(first - 1, last).catch(() => []),
  }
}
