import { join } from 'node:path'
import t from 'tap'
import type { JobRef, RunEvent } from '../../contract/events.js'
import { madeUpPlan } from '../../record/made-up-plan.fixture.js'
import { madeUpRun, type MadeUpEnd } from '../../record/made-up-run.fixture.js'
import { writeRecord } from '../../record/synthetic.fixture.js'
import { viewOf } from '../../record/view.js'
import { LiveShards } from './live-shards.js'

const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const jobs = ['a', 'b'].map((suite): JobRef => ({ id: `6.1.9-plain/${suite}`, ...ref, suite }))

function recorded(suites: Readonly<Record<string, MadeUpEnd>>): RunEvent[] {
  const tests = Object.entries(suites).map(([suite, end]) => [suite, { it: end }] as const)
  const events = madeUpRun({ '6.1 plain': Object.fromEntries(tests) })
  const { counts } = viewOf(events)
  const end = { at: '2026-01-02T03:05:05.000Z', exitCode: 0, interrupted: false, durationMs: 1 }
  return [...events, { type: 'run-end', counts, ...end }]
}

t.test('shards are reported as they come, and the merged record tells the rest', async t => {
  const told: RunEvent[] = []
  const live = new LiveShards(madeUpPlan(jobs), '/merged', event => told.push(event))
  const write = (name: string, suites: Readonly<Record<string, MadeUpEnd>>) =>
    writeRecord(join(t.testdirName, name), recorded(suites))
  t.testdir()
  await live.take(await write('b', { b: 'pass' }))
  t.match(viewOf(told), { start: { folder: '/merged' }, counts: { pass: 1, miss: 1 } })
  await live.take(await write('again', { b: 'fail' }))
  await live.take(await write('merged', { a: 'miss', b: 'pass' }), true)
  t.match(viewOf(told), { end: { interrupted: false }, counts: { pass: 1, fail: 0, miss: 1 } })
  const types = told.map(({ type }) => type)
  for (const once of ['run-start', 'plan', 'column', 'run-end'] as const)
    t.equal(types.filter(type => type === once).length, 1, `${once} is told once`)
})
