import t from 'tap'
import { entriesOf, jobKey, type HistoryEntry } from '../history/entry.js'
import type { PastResults } from '../history/history.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { expectedDurations, longestFirst, longestPast } from './past-durations.js'

const [built, ran] = entriesOf(viewOf(madeUpRun({ '6.1 plain': { a: { it: 'pass' } } })))

function pastOf(
  ...runs: readonly (Partial<HistoryEntry> & Pick<HistoryEntry, 'suite'>)[]
): PastResults {
  const entries = runs.map(own => ({ ...ran, ...own }) as HistoryEntry)
  const past = new Map<string, HistoryEntry[]>()
  for (const entry of [...(built === undefined ? [] : [built]), ...entries]) {
    past.set(jobKey(entry), [...(past.get(jobKey(entry)) ?? []), entry])
  }
  return past
}
const job = (suite: string, flavour = 'plain', kernel = '6.1') => ({ suite, flavour, kernel })

t.test('a run of one suite leaves what is known of the others', async t => {
  const expected = expectedDurations(
    pastOf(
      { suite: 'a', durationMs: 10 },
      { suite: 'b', durationMs: 20 },
      { suite: 'a', durationMs: 30 },
    ),
  )
  t.equal(expected(job('a')), 30, 'the last time')
  t.equal(expected(job('b')), 20)
  t.equal(expected(job('c')), undefined)
})

t.test('what a run tells of a job is in its history', async t => {
  t.equal(ran?.durationMs, 2)
  t.notOk(built && 'durationMs' in built)
})

t.test('a suite that lost a test says nothing of its length', async t => {
  const expected = expectedDurations(
    pastOf(
      { suite: 'a', durationMs: 10 },
      { suite: 'a', durationMs: 2, ends: { it: 'p', other: 'm' } },
    ),
  )
  t.equal(expected(job('a')), 10)
})

t.test('the longest that a test took is of this kernel, flavour and accelerator', async t => {
  const past = pastOf(
    { suite: 'a', tookMs: { it: 30, other: 5 } },
    { suite: 'a', tookMs: { it: 20, other: 6 } },
    { suite: 'a', tookMs: { it: 900 }, accelerator: 'kvm' },
    { suite: 'a', tookMs: { it: 900 }, flavour: 'debug' },
    { suite: 'b', tookMs: { it: 900 } },
  )
  t.strictSame(longestPast(past, job('a'), 'tcg'), { it: 30, other: 6 })
  t.strictSame(longestPast(past, job('c'), 'tcg'), {})
})

t.test('what a run tells of its tests is in its history: of those that passed at once', async t => {
  const ends = { good: 'pass', bad: 'fail', twice: 'flaky', left: 'skip' } as const
  const [, entry] = entriesOf(viewOf(madeUpRun({ '6.1 plain': { a: ends } })))
  t.strictSame(entry?.tookMs, { good: 1 })
})

t.test('what never ran on a kernel lasts as on others of the flavour', async t => {
  const expected = expectedDurations(
    pastOf(
      { suite: 'a', kernel: '5.10', durationMs: 10 },
      { suite: 'a', kernel: '6.12', durationMs: 12 },
      { suite: 'a', kernel: '7.3', durationMs: 90 },
      { suite: 'a', kernel: '6.12', flavour: 'debug', durationMs: 5000 },
    ),
  )
  t.equal(expected(job('a')), 12)
})

t.test('what never ran in a flavour is as much slower as the others are', async t => {
  const expected = expectedDurations(
    pastOf(
      { suite: 'a', durationMs: 10 },
      { suite: 'b', durationMs: 20 },
      { suite: 'b', flavour: 'debug', durationMs: 100 },
    ),
  )
  t.equal(expected(job('a', 'debug')), 50)
  t.equal(expected(job('a', 'race')), 10, 'as long, where nothing can be compared')
})

t.test('the longest comes first, after what is not known, which keeps its order', async t => {
  const lasts: Readonly<Record<string, number>> = { short: 1, long: 9 }
  t.same(
    longestFirst(['short', 'new', 'long', 'other'], name => lasts[name]),
    ['new', 'other', 'long', 'short'],
  )
})
