import t from 'tap'
import type { PlannedJob } from '../contract/plan.js'
import { durations, shareOut } from './share-out.js'

const job = (suite: string, seconds?: number, flavour = 'plain'): PlannedJob => ({
  ref: {
    id: `6.1.9-${flavour}/${suite}`,
    kernel: '6.1',
    series: '6.1',
    release: '6.1.9',
    flavour,
    suite,
  },
  ...(seconds === undefined ? {} : { expectedMs: seconds * 1000 }),
})

const lengths = (jobs: readonly PlannedJob[], shards: readonly number[][]): number[] => {
  const lasts = durations(jobs)
  return shards.map(places => places.reduce((sum, place) => sum + (lasts[place] ?? 0), 0) / 1000)
}

t.test('the longest jobs go first, each to the shard that has least', async t => {
  const jobs = [2, 3, 4, 5, 6, 7].map((seconds, at) => job(`s${at}`, seconds))
  const shards = shareOut(jobs, { shards: 3 })
  t.strictSame(shards, [
    [0, 5],
    [1, 4],
    [2, 3],
  ])
  t.strictSame(lengths(jobs, shards), [9, 9, 9])
})

t.test('no shard is empty, and each job is in one', async t => {
  const jobs = [job('a', 1), job('b', 1)]
  t.strictSame(shareOut(jobs, { shards: 5 }), [[0], [1]])
  const many = Array.from({ length: 1000 }, (_, at) => job(`s${at}`, (at * 7919) % 100))
  const shards = shareOut(many, { shards: 7 })
  t.strictSame(
    shards.flat().sort((a, b) => a - b),
    many.map((_, at) => at),
  )
  const all = lengths(many, shards)
  t.ok(Math.max(...all) - Math.min(...all) <= 100, 'none is longer by more than one job')
})

t.test('shards by their length have one kernel each, and short jobs share one', async t => {
  const jobs = [
    job('a', 50),
    job('b', 60),
    job('c', 5),
    job('a', 300, 'debug'),
    job('c', 2, 'debug'),
  ]
  t.strictSame(shareOut(jobs, { seconds: 60 }), [[0, 2], [1], [3], [4]])
  t.strictSame(shareOut(jobs, { seconds: 1000 }), [
    [0, 1, 2],
    [3, 4],
  ])
})

t.test('a job that no history knows takes as long as the others', async t => {
  t.strictSame(
    durations([job('a', 4), job('b'), job('c', 8), job('d', 6)]),
    [4000, 6000, 8000, 6000],
  )
  t.strictSame(durations([job('a'), job('b')]), [30_000, 30_000])
})
