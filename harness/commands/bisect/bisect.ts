import { join } from 'node:path'
import { contentKey, loadFlavours, selectFlavour } from '../../builder/index.js'
import type { BisectEvent } from '../../contract/bisect-events.js'
import type { Content } from '../../contract/events.js'
import { EXIT, usageError } from '../../platform/errors.js'
import { wantedColumn } from '../../plan/wanted-columns.js'
import { chooseAccelerator } from '../../vm/index.js'
import type { MachineOptions } from '../invocation.js'
import { ActivityRecord, type ActivityContext } from '../activity-record.js'
import { KeptAnswers } from './answers.js'
import { prepareCandidate } from './ask.js'
import type { Candidate, SearchSpace } from './candidate.js'
import { repeatUntilCertain } from './certain.js'
import { commitCandidates } from './commit-candidates.js'
import { releaseCandidates, type Ends } from './release-candidates.js'
import { search, type SuspectRange } from './search.js'
import { targetOf, type Target } from './target.js'
import type { BuildFailure } from './what-was-seen.js'

export interface BisectOptions extends MachineOptions {
  /** Releases, or with `module` commits; both are required. */
  readonly good?: string
  readonly bad?: string
  /** Search the module's commits, on one kernel. */
  readonly module?: boolean
  /** The kernel for `module`; default: the configuration's. */
  readonly kernel?: string
  readonly flavour?: string
  /** Treatment of build failures: `skip` (125 in `git bisect run`), or bad. */
  readonly buildFailure: BuildFailure
  /** Ignore answers of earlier bisects. */
  readonly fresh?: boolean
}

/**
 * Finds the first release, or the first commit of the module, on which a test fails.
 * @param test `ring:C7`
 * @returns the exit status: 0 if found, 3 if skipped candidates leave several
 * @throws ModproveError for usage errors before anything is recorded; those of `search`, and
 * errors that would affect every candidate, after closing the record. The signal's reason
 */
export async function bisect(
  test: string,
  options: BisectOptions,
  context: ActivityContext<BisectEvent>,
): Promise<number> {
  const { project, signal, progress } = context
  const { buildFailure } = options
  const wanted = wantedColumn(project, options)
  const ends = requireEnds(options)
  const target = await targetOf(project, test)
  const flavour = selectFlavour(await loadFlavours(project), wanted.flavour)
  const work = { project, signal, progress }
  const space = options.module
    ? await commitCandidates(ends, wanted.kernel, flavour, work)
    : await releaseCandidates(ends, flavour, work)
  const accelerator = await chooseAccelerator(options.accel, work)
  const record = new ActivityRecord<BisectEvent>(context)
  const used = await record.begin(accelerator)
  const { over, candidates } = space
  const names = candidates.map(({ name }) => name)
  record.emit({ type: 'bisect-start', over, test: target.word, candidates: names })
  const answers = new KeptAnswers(join(project.state, 'bisect/answers.jsonl'))
  const keyOf = (candidate: Candidate) => answerKey(candidate, target, used, buildFailure)
  const machine = { accelerator, cold: false }
  const asking = { ...work, target, machine, buildFailure, record }
  let known: SuspectRange | undefined
  let exitCode: number = EXIT.harness
  try {
    known = await search(
      {
        candidates,
        recall: candidate => (options.fresh ? undefined : answers.get(keyOf(candidate))),
        ask: async candidate => {
          const answer = await repeatUntilCertain(prepareCandidate(candidate, asking))
          answers.keep(keyOf(candidate), answer)
          return answer
        },
        emit: record.emit,
      },
      range => (known = range),
    )
    exitCode = known.first === known.last ? EXIT.passed : EXIT.harness
  } finally {
    if (signal.aborted) exitCode = EXIT.interrupted
    if (known !== undefined) record.emit(await bisectEnd(space, known))
    record.end(exitCode)
  }
  return exitCode
}

function requireEnds({ good, bad, module = false, kernel }: BisectOptions): Ends {
  if (good === undefined || bad === undefined) {
    throw usageError('BAD_TARGET', 'A bisect needs both ends: --good and --bad', {
      remedy: 'modprove kernels --all lists the releases',
    })
  }
  if (module || kernel === undefined) return { good, bad }
  throw usageError(
    'BAD_TARGET',
    '--kernel needs --module; without it, --good and --bad name the kernels',
  )
}

/** Names all that an answer depends on. */
const answerKey = (
  { content }: Candidate,
  { suite, grep = '' }: Target,
  { suites, setup = '' }: Content,
  buildFailure: BuildFailure,
): string =>
  contentKey({
    content,
    suites,
    setup,
    suite: suite.name,
    grep,
    // Only then is a build failure an answer.
    ...(buildFailure === 'bad' ? { buildFailure } : {}),
  })

async function bisectEnd(space: SearchSpace, { first, last }: SuspectRange): Promise<BisectEvent> {
  const names = space.candidates.map(({ name }) => name)
  return {
    type: 'bisect-end',
    lastGood: names[first - 1] ?? '',
    suspects: names.slice(first, last + 1),
    // After an interruption there is no time to ask git.
    between: await space.between(first - 1, last).catch(() => []),
  }
}
