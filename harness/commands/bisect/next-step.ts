import type { BisectAnswer } from '../../contract/bisect-events.js'

/** Test a candidate by its index, or stop: the first bad one is in `first` … `last`. */
export type Next =
  | { readonly ask: number; readonly left: number; readonly steps: number }
  | { readonly first: number; readonly last: number }

/**
 * One step of the search for the first bad candidate.
 * @param answers by index; the first is good, the last is bad
 * @param isCheap whether an answer costs little: preferred near the middle
 */
export function nextStep(
  answers: ReadonlyMap<number, BisectAnswer>,
  isCheap: (index: number) => boolean,
): Next {
  const indexes = (answer: BisectAnswer): number[] =>
    [...answers].filter(([, given]) => given === answer).map(([index]) => index)
  const bad = Math.min(...indexes('bad'))
  const good = Math.max(...indexes('good').filter(index => index < bad))
  const skipped = indexes('skip').filter(index => index > good && index < bad)
  const open: number[] = []
  for (let index = good + 1; index < bad; index++) if (!answers.has(index)) open.push(index)
  if (open.length === 0) return { first: good + 1, last: bad }
  return {
    ask: choose(open, { middle: (good + bad) / 2, quarter: (bad - good) / 4, skipped, isCheap }),
    left: open.length,
    steps: Math.ceil(Math.log2(open.length + 1)),
  }
}

interface Choice {
  readonly middle: number
  /** A candidate this far from the middle may leave three quarters of them instead of half. */
  readonly quarter: number
  readonly skipped: readonly number[]
  readonly isCheap: (index: number) => boolean
}

function choose(open: readonly number[], { middle, quarter, skipped, isCheap }: Choice): number {
  const off = (index: number): number => Math.abs(index - middle)
  const nearest = (indexes: readonly number[]): number | undefined =>
    [...indexes].sort((a, b) => off(a) - off(b))[0]
  // Neighbours often break alike: the more were skipped, the further away it tries.
  const room = (index: number): number =>
    Math.min(...skipped.map(other => Math.abs(index - other)), quarter)
  const wanted = Math.min(
    skipped.length,
    ...open
      .map(room)
      .sort((a, b) => b - a)
      .slice(0, 1),
  )
  const away = open.filter(index => room(index) >= wanted)
  const cheap = away.filter(index => isCheap(index) && off(index) <= quarter)
  return nearest(cheap) ?? nearest(away) ?? NaN
}
