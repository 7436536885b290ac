import type { BisectAnswer, BisectEvent } from '../../contract/bisect-events.js'
import {
  failureError,
  harnessError,
  usageError,
  type ModproveError,
} from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import type { Certain } from './certain.js'
import { nextStep } from './search.js'

export interface Questions {
  /** From the good end to the bad end. */
  readonly candidates: readonly { readonly name: string; readonly isBuilt: boolean }[]
  /** A saved answer of an earlier bisect. */
  readonly recall: (place: number) => Certain | undefined
  readonly ask: (place: number) => Promise<Certain>
  readonly emit: (event: BisectEvent) => void
}

/** The first bad candidate is in `first` … `last`. */
export interface Found {
  readonly first: number
  readonly last: number
}

/**
 * Checks both ends, then searches between them.
 * @param seen called when the remaining range shrinks
 * @throws ModproveError `GOOD_FAILS` (exit 1), `BAD_PASSES` (exit 2), `END_UNKNOWN` (exit 3); what
 * `ask` throws
 */
export async function searchRow(
  questions: Questions,
  seen: (found: Found) => void,
): Promise<Found> {
  const { candidates, recall, ask, emit } = questions
  const answers = new Map<number, BisectAnswer>()
  const learn = async (place: number): Promise<Certain> => {
    const known = recall(place)
    const certain = known ?? (await ask(place))
    const { answer, reason, wavers } = certain
    answers.set(place, answer)
    emit({
      type: 'bisect-answer',
      candidate: candidates[place]?.name ?? '',
      answer,
      tries: known === undefined ? certain.tries : [],
      ...defined({ reason }),
      ...(wavers === true ? { wavers } : {}),
    })
    return certain
  }
  const last = candidates.length - 1
  const good = await learn(0)
  if (good.answer !== 'good') throw wrongEnd('good', candidates[0]?.name, good)
  const bad = await learn(last)
  if (bad.answer !== 'bad') throw wrongEnd('bad', candidates[last]?.name, bad)
  // Saved answers cost nothing.
  for (let place = 1; place < last; place++) if (recall(place) !== undefined) await learn(place)
  for (;;) {
    const next = nextStep(answers, place => candidates[place]?.isBuilt === true)
    if ('first' in next) return next
    const open = nextStep(withoutOpen(answers, candidates.length), () => false)
    if ('first' in open) seen(open)
    emit({ type: 'bisect-left', left: next.left, steps: next.steps })
    await learn(next.ask)
  }
}

/** Treats all places without an answer as skipped. */
function withoutOpen(answers: ReadonlyMap<number, BisectAnswer>, count: number) {
  const all = new Map(answers)
  for (let place = 0; place < count; place++) if (!all.has(place)) all.set(place, 'skip')
  return all
}

function wrongEnd(
  end: 'good' | 'bad',
  name = '',
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
