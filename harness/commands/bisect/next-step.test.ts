import t from 'tap'
import type { BisectAnswer } from '../../contract/bisect-events.js'
import { nextStep } from './next-step.js'

/** A generator of numbers below `limit` that are the same in each run (xorshift32). */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return limit => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

interface Row {
  readonly count: number
  readonly firstBad: number
  readonly skips?: ReadonlySet<number>
  readonly cheap?: ReadonlySet<number>
}

/** Searches a row; asked, in order, and what is left. */
function search({ count, firstBad, skips = new Set(), cheap = new Set() }: Row) {
  const answers = new Map<number, BisectAnswer>([
    [0, 'good'],
    [count - 1, 'bad'],
  ])
  const asked: number[] = []
  for (;;) {
    const next = nextStep(answers, index => cheap.has(index))
    if ('first' in next) return { asked, ...next }
    asked.push(next.ask)
    const truth = next.ask >= firstBad ? 'bad' : 'good'
    answers.set(next.ask, skips.has(next.ask) ? 'skip' : truth)
  }
}

/** By looking at all of them: the last good one that can be asked, and the first bad one. */
function bruteForce({ count, firstBad, skips = new Set() }: Row) {
  const all = Array.from({ length: count }, (_, index) => index)
  const known = all.filter(index => !skips.has(index))
  const good = Math.max(...known.filter(index => index < firstBad))
  const bad = Math.min(...known.filter(index => index >= firstBad))
  return { first: good + 1, last: bad }
}

void t.test('every boundary of every short row is found, in log2 steps', t => {
  for (let count = 2; count <= 40; count++) {
    for (let firstBad = 1; firstBad < count; firstBad++) {
      const { asked, first, last } = search({ count, firstBad })
      if (first !== firstBad || last !== firstBad) t.fail(`${firstBad} of ${count}: ${first}`)
      if (asked.length > Math.ceil(Math.log2(count - 1))) t.fail(`${asked.length} for ${count}`)
    }
  }
  t.pass('all')
  t.end()
})

void t.test('with any skips and any that are built, the range left is as small as can be', t => {
  const below = numbers(20261122)
  for (let round = 0; round < 3000; round++) {
    const count = 2 + below(60)
    const firstBad = 1 + below(count - 1)
    const some = (share: number): Set<number> =>
      new Set(
        Array.from({ length: count }, (_, index) => index).filter(
          index => index > 0 && index < count - 1 && below(10) < share,
        ),
      )
    const row = { count, firstBad, skips: some(below(10)), cheap: some(below(10)) }
    const { asked, first, last } = search(row)
    const told = JSON.stringify({ count, firstBad, skips: [...row.skips], first, last })
    const best = bruteForce(row)
    if (first !== best.first || last !== best.last) t.fail(`${JSON.stringify(best)}: ${told}`)
    if (new Set(asked).size !== asked.length) t.fail(`asked twice: ${told}`)
    // Three quarters of a row may be left after a step that spares a build.
    const most = Math.ceil(Math.log(count) / Math.log(4 / 3)) + row.skips.size + 2
    if (asked.length > most) t.fail(`${asked.length} questions: ${told}`)
  }
  t.pass('all')
  t.end()
})

void t.test('a built candidate is preferred only near the middle', t => {
  t.equal(search({ count: 17, firstBad: 5, cheap: new Set([6]) }).asked[0], 6)
  t.equal(search({ count: 17, firstBad: 5, cheap: new Set([1, 15]) }).asked[0], 8)
  t.equal(search({ count: 17, firstBad: 5, cheap: new Set([5, 9]) }).asked[0], 9, 'the nearest')
  t.end()
})

void t.test('after skips it looks further away', t => {
  const skips = new Set([6, 7, 8, 9, 10])
  const { asked } = search({ count: 33, firstBad: 20, skips: new Set([14, 15, 16, 17, 18]) })
  t.equal(asked[0], 16)
  t.ok(
    asked.slice(0, 4).some(index => index < 14 || index > 18),
    `not all of them one after another: ${asked.join(' ')}`,
  )
  t.strictSame(
    { ...search({ count: 12, firstBad: 8, skips }), asked: undefined },
    { first: 6, last: 11, asked: undefined },
  )
  t.end()
})

void t.test('earlier answers are used unless they contradict', t => {
  const answers = new Map<number, BisectAnswer>([
    [0, 'good'],
    [4, 'good'],
    [6, 'bad'],
    [8, 'good'],
    [9, 'bad'],
  ])
  t.strictSame(
    nextStep(answers, () => false),
    { ask: 5, left: 1, steps: 1 },
  )
  t.strictSame(
    nextStep(answers.set(5, 'good'), () => false),
    { first: 6, last: 6 },
  )
  t.end()
})
