import { join } from 'node:path'
import { contentKey, loadFlavours, selectFlavour } from '../../builder/index.js'
import type { BisectEvent } from '../../contract/bisect-events.js'
import { EXIT, usageError } from '../../platform/errors.js'
import { chooseAccelerator, type AcceleratorWish } from '../../vm/index.js'
import { ActivityRecord, type ActivityContext } from '../activity-record.js'
import { KeptAnswers } from './answers.js'
import { prepareCandidate, type BuildFailure } from './ask.js'
import type { Candidate, SearchSpace } from './candidate.js'
import { repeatUntilCertain } from './certain.js'
import { commitRow } from './commit-row.js'
import { releaseRow } from './release-row.js'
import { searchRow, type Found } from './search-row.js'
import { targetOf } from './target.js'

export interface BisectOptions {
  /** Releases, or with `module` commits; both are required. */
  readonly good?: string
  readonly bad?: string
  /** Search the module's commits, on one kernel. */
  readonly module?: boolean
  /** The kernel for `module`; default 6.1. */
  readonly kernel?: string
  readonly flavour: string
  readonly accel: AcceleratorWish
  /** Treatment of build failures: `skip` (125 in `git bisect run`), or bad. */
  readonly buildFailure: BuildFailure
  /** Ignore answers of earlier bisects. */
  readonly fresh?: boolean
}

/**
 * Finds the first release, or the first commit of the module, on which a test fails.
 * @param test `mmap:C26`
 * @returns the exit status: 0 if found, 3 if skipped candidates leave several
 * @throws ModproveError for usage errors before anything is recorded; those of `searchRow`, and
 * errors that would affect every candidate, after closing the record. The signal's reason
 */
export async function bisect(
  test: string,
  options: BisectOptions,
  context: ActivityContext<BisectEvent>,
): Promise<number> {
  const { project, signal, progress } = context
  const { good, bad, kernel, buildFailure } = options
  if (good === undefined || bad === undefined) {
    throw usageError('BAD_TARGET', 'A bisect needs both ends: --good and --bad', {
      remedy: 'modprove kernels --all lists the releases',
    })
  }
  if (options.module !== true && kernel !== undefined) {
    throw usageError(
      'BAD_TARGET',
      '--kernel needs --module; without it, --good and --bad name the kernels',
    )
  }
  const target = await targetOf(project, test)
  const flavour = selectFlavour(await loadFlavours(), options.flavour)
  const work = { project, signal, progress }
  const ends = { good, bad }
  const row = options.module
    ? await commitRow(ends, kernel ?? '6.1', flavour, work)
    : await releaseRow(ends, flavour, work)
  const accelerator = await chooseAccelerator(options.accel, work)
  const record = new ActivityRecord<BisectEvent>(context)
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
      ...(buildFailure === 'bad' ? { buildFailure } : {}),
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
        recall: place => (options.fresh ? undefined : answers.get(keyOf(at(place)))),
        ask: async place => {
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
