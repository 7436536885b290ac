import type { BisectAnswer } from '../../contract/bisect-events.js'

/** The next step: test a place, or stop, because the first bad one is in `first` … `last`. */
export type Next =
  | { readonly ask: number; readonly left: number; readonly steps: number }
  | { readonly first: number; readonly last: number }

/**
 * One step of the search for the first bad place in a row that starts good and ends bad.
 * @param answers by place; the first is good, the last is bad
 * @param isCheap whether an answer costs little: preferred among places near the middle
 */
export function nextStep(
  answers: ReadonlyMap<number, BisectAnswer>,
  isCheap: (place: number) => boolean,
): Next {
  const places = (answer: BisectAnswer): number[] =>
    [...answers].filter(([, given]) => given === answer).map(([place]) => place)
  const bad = Math.min(...places('bad'))
  const good = Math.max(...places('good').filter(place => place < bad))
  const skipped = places('skip').filter(place => place > good && place < bad)
  const open: number[] = []
  for (let place = good + 1; place < bad; place++) if (!answers.has(place)) open.push(place)
  if (open.length === 0) return { first: good + 1, last: bad }
  return {
    ask: choose(open, { middle: (good + bad) / 2, quarter: (bad - good) / 4, skipped, isCheap }),
    left: open.length,
    steps: Math.ceil(Math.log2(open.length + 1)),
  }
}

interface Choice {
  readonly middle: number
  /** At this distance from the middle, three quarters of the row may remain instead of half. */
  readonly quarter: number
  readonly skipped: readonly number[]
  readonly isCheap: (place: number) => boolean
}

function choose(open: readonly number[], { middle, quarter, skipped, isCheap }: Choice): number {
  const off = (place: number): number => Math.abs(place - middle)
  const nearest = (places: readonly number[]): number | undefined =>
    [...places].sort((a, b) => off(a) - off(b))[0]
  // Neighbours often break alike: the more were skipped, the further away it tries.
  const room = (place: number): number =>
    Math.min(...skipped.map(other => Math.abs(place - other)), quarter)
  const wanted = Math.min(
    skipped.length,
    ...open
      .map(room)
      .sort((a, b) => b - a)
      .slice(0, 1),
  )
  const away = open.filter(place => room(place) >= wanted)
  const cheap = away.filter(place => isCheap(place) && off(place) <= quarter)
  return nearest(cheap) ?? nearest(away) ?? NaN
}
