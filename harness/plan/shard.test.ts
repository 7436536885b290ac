import t from 'tap'
import { jobKey } from '../history/entry.js'
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

const files = { Kbuild: 'obj-m := a.o\n', 'modprove.config.json': '{}' }

/** What a host would run that knows a suite to take long. */
const after = (suite: string) => {
  const entry = { ...ref, suite, durationMs: 900_000, ends: {} }
  return { ...all, past: new Map([[jobKey(entry), [entry]]]) }
}

t.test('hosts with other histories share out alike, and each job has one', async t => {
  const project = await readProject(t.testdir(files))
  const first = await ownShard(project, after('a'), { number: 1, of: 2 })
  const second = await ownShard(project, after('d'), { number: 2, of: 2 })
  t.equal(second.ref.plan, first.ref.plan)
  const shared = [...first.jobs, ...second.jobs].map(({ suite }) => suite)
  t.strictSame(shared.sort(), ['a', 'b', 'c', 'd'])
  t.equal(first.jobs.length, 2)
})

t.test('of more shards than jobs, the last ones have none', async t => {
  const project = await readProject(t.testdir(files))
  const { ref: shard, jobs: none } = await ownShard(project, all, { number: 6, of: 6 })
  t.match(shard, { index: 5, of: 6 })
  t.strictSame(none, [])
})
