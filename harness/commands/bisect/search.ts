import type { BisectAnswer, BisectEvent } from '../../contract/bisect-events.js'
import {
  failureError,
  harnessError,
  usageError,
  type ModproveError,
} from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import type { Certain } from './certain.js'
import { nextStep } from './next-step.js'

interface NamedCandidate {
  readonly name: string
  readonly isBuilt: boolean
}

export interface Questions<Candidate extends NamedCandidate> {
  /** From the good end to the bad end. */
  readonly candidates: readonly Candidate[]
  /** A saved answer of an earlier bisect. */
  readonly recall: (candidate: Candidate) => Certain | undefined
  readonly ask: (candidate: Candidate) => Promise<Certain>
  readonly emit: (event: BisectEvent) => void
}

/** The first bad candidate is in `first` … `last`. */
export interface SuspectRange {
  readonly first: number
  readonly last: number
}

/**
 * Checks both ends, then searches between them.
 * @param seen called when the remaining range shrinks
 * @throws ModproveError `GOOD_FAILS` (exit 1), `BAD_PASSES` (exit 2), `END_UNKNOWN` (exit 3); what
 * `ask` throws
 */
export async function search<Candidate extends NamedCandidate>(
  { candidates, recall, ask, emit }: Questions<Candidate>,
  seen: (found: SuspectRange) => void,
): Promise<SuspectRange> {
  const at = (index: number): Candidate => {
    const candidate = candidates[index]
    if (candidate === undefined) throw new RangeError(`there is no candidate ${index}`)
    return candidate
  }
  const answers = new Map<number, BisectAnswer>()
  const learn = async (index: number): Promise<Certain> => {
    const candidate = at(index)
    const known = recall(candidate)
    const certain = known ?? (await ask(candidate))
    const { answer, reason, wavers } = certain
    answers.set(index, answer)
    emit({
      type: 'bisect-answer',
      candidate: candidate.name,
      answer,
      tries: known === undefined ? certain.tries : [],
      ...defined({ reason }),
      ...(wavers === true ? { wavers } : {}),
    })
    return certain
  }
  const last = candidates.length - 1
  const good = await learn(0)
  if (good.answer !== 'good') throw wrongEnd('good', at(0).name, good)
  const bad = await learn(last)
  if (bad.answer !== 'bad') throw wrongEnd('bad', at(last).name, bad)
  // Saved answers cost nothing.
  for (let index = 1; index < last; index++) if (recall(at(index)) !== undefined) await learn(index)
  for (;;) {
    const next = nextStep(answers, index => at(index).isBuilt)
    if ('first' in next) return next
    const open = nextStep(withoutOpen(answers, candidates.length), () => false)
    if ('first' in open) seen(open)
    emit({ type: 'bisect-left', left: next.left, steps: next.steps })
    await learn(next.ask)
  }
}

/** Treats all candidates without an answer as skipped. */
function withoutOpen(answers: ReadonlyMap<number, BisectAnswer>, count: number) {
  const all = new Map(answers)
  for (let index = 0; index < count; index++) if (!all.has(index)) all.set(index, 'skip')
  return all
}

function wrongEnd(
  end: 'good' | 'bad',
  name: string,
  { answer, reason, tries }: Certain,
): ModproveError {
  const detail = [tries.join(', '), reason].filter(Boolean).join('\n')
  if (answer === 'skip') {
    return harnessError('END_UNKNOWN', `No answer for ${name}, the ${end} end`, {
      detail,
      remedy: `Name another --${end}`,
    })
  }
  if (end === 'good') {
    return failureError('GOOD_FAILS', `The test fails on ${name}, which was given as good`, {
      detail,
      remedy: 'Name an older --good, on which it passes',
    })
  }
  return usageError('BAD_PASSES', `The test passes on ${name}, which was given as bad`, {
    detail,
    remedy: 'Name a --bad on which it fails; a test that fails rarely may need several tries',
  })
}
