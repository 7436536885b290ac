import t from 'tap'
import { jobKey, type HistoryEntry } from '../history/entry.js'
import { readProject } from '../project/project.js'
import { ownShard } from './shard.js'

const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const jobs = ['a', 'b', 'c', 'd'].map(suite => ({ id: `6.1.9-plain/${suite}`, ...ref, suite }))
const request = { kernels: ['6.1'], flavours: ['plain'], suites: [] }
const all = {
  request: { ...request, cold: false, coverage: false, retries: 0 },
  columns: [],
  jobs,
}

/** Of a host on which a suite took some seconds. */
const past = (suite: string, seconds: number) =>
  new Map([
    [jobKey({ ...ref, suite }), [{ ...ref, suite, durationMs: seconds * 1000, ends: {} }]],
  ]) as unknown as ReadonlyMap<string, HistoryEntry[]>

t.test('hosts with other histories share out alike, and each job has one', async t => {
  const project = await readProject(t.testdir({ Kbuild: 'obj-m := a.o\n' }))
  const first = await ownShard(project, { ...all, past: past('a', 900) }, { number: 1, of: 2 })
  const second = await ownShard(project, { ...all, past: past('d', 900) }, { number: 2, of: 2 })
  t.equal(second.ref.plan, first.ref.plan)
  const shared = [...first.jobs, ...second.jobs].map(({ suite }) => suite)
  t.strictSame(shared.sort(), ['a', 'b', 'c', 'd'])
  t.equal(first.jobs.length, 2)
})

t.test('of more shards than jobs, the last ones have none', async t => {
  const project = await readProject(t.testdir({ Kbuild: 'obj-m := a.o\n' }))
  const { ref: shard, jobs: none } = await ownShard(project, all, { number: 6, of: 6 })
  t.match(shard, { index: 5, of: 6 })
  t.strictSame(none, [])
})
