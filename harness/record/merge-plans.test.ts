import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { JobRef, RunEvent } from '../contract/events.js'
import { packageVersion } from '../platform/files/package-root.js'
import { madeUpPlan } from './made-up-plan.fixture.js'
import { madeUpRun, type MadeUpEnd } from './made-up-run.fixture.js'
import { mergeRecords } from './merge.js'
import { readEvents } from './read.js'
import { claimFolder, lackingShards } from './shard-folder.js'
import { writeRecord } from './synthetic.fixture.js'
import { viewOf } from './view.js'

const suites = ['a', 'b', 'c']
const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const jobs = suites.map((suite): JobRef => ({ id: `6.1.9-plain/${suite}`, ...ref, suite }))
const plan = madeUpPlan(jobs)

/** What a worker brought of one suite. @param minute of its start */
function shard(suite: string, end: MadeUpEnd, minute = 1, id = plan.id): RunEvent[] {
  const at = `2026-01-02T03:0${minute}:00.000Z`
  const own = { run: `${suite}${minute}`, at, version: packageVersion }
  const ofPlan = { shard: { plan: id, index: suites.indexOf(suite), of: suites.length } }
  const events = madeUpRun({ '6.1 plain': { [suite]: { it: end } } }, { ...own, ...ofPlan })
  const counts = viewOf(events).counts
  const runEnd = { exitCode: 0, interrupted: false, durationMs: 1000 }
  return [...events, { type: 'run-end', at, counts, ...runEnd }]
}

async function merged(t: Test, records: readonly (readonly RunEvent[])[], times = 1) {
  const root = t.testdir()
  const results = join(root, 'results')
  await claimFolder(results, plan)
  for (const [at, events] of records.entries())
    await writeRecord(join(results, `${at}-20260102T030405Z-abcdef`), events)
  await mkdir(join(results, '.unfinished'), { recursive: true })
  const folder = join(root, 'merged')
  const folders = Array.from({ length: times }, () => results)
  await mergeRecords(folders, { run: 'merged', folder, argv: [] })
  return viewOf(await readEvents(folder))
}

const ends = ({ columns }: ReturnType<typeof viewOf>): string[] =>
  columns.flatMap(column =>
    column.jobs.map(({ ref, results }) => `${ref.suite} ${results.map(one => one.status).join()}`),
  )

t.test('shards in any order, and twice, are the run of the plan', async t => {
  const all = [shard('a', 'pass'), shard('b', 'fail', 2), shard('c', 'pass', 3)]
  const view = await merged(t, all)
  t.strictSame(ends(view), ['a pass', 'b fail', 'c pass'])
  t.match(view.end, { exitCode: 1, interrupted: false, durationMs: 121_000 })
  t.equal(view.start.shard, undefined)
  t.same(await merged(t, all.reverse(), 2), { ...view, start: { ...view.start } })
})

t.test('a job that no worker brought is missed, not passed', async t => {
  const view = await merged(t, [shard('c', 'pass')])
  t.strictSame(ends(view), ['a miss', 'b miss', 'c pass'])
  t.match(view.columns[0]?.jobs[0]?.results, [{ reason: 'no record has its result' }])
  t.match(view.end, { exitCode: 3, counts: { pass: 1, miss: 2 } })
})

t.test(
  'so is one where records are named one by one, and not the folder of their plan',
  async t => {
    const root = t.testdir()
    const write = async (results: string): Promise<string[]> => [
      await writeRecord(join(root, results, '0-20260102T030405Z-abcdef'), shard('a', 'pass')),
      await writeRecord(join(root, results, '2-20260102T030405Z-abcdef'), shard('c', 'pass')),
    ]
    const folder = join(root, 'merged')
    const target = { run: 'merged', folder, argv: [] }
    const alone = await write('alone')
    await t.rejects(mergeRecords(alone, target), {
      code: 'NO_PLAN',
      exitCode: 3,
      message: `No record is of shard 1 of plan ${plan.id}, and no plan.json says what that runs`,
    })
    await claimFolder(join(root, 'beside'), plan)
    await mergeRecords(await write('beside'), target)
    const view = viewOf(await readEvents(folder))
    t.strictSame(ends(view), ['a pass', 'b miss', 'c pass'])
    t.match(view.end, { exitCode: 3 })
    const whole = [
      ...alone,
      await writeRecord(join(root, 'alone', 'elsewhere'), shard('b', 'pass')),
    ]
    const complete = { ...target, folder: join(root, 'whole') }
    t.match(await mergeRecords(whole, complete), { exitCode: 0, counts: { pass: 3, miss: 0 } })
  },
)

t.test('a record that is not whole is lost, and the others are merged', async t => {
  for (const gone of ['run.json', 'events.jsonl']) {
    const root = t.testdir()
    const results = join(root, 'results')
    await claimFolder(results, plan)
    for (const [index, suite] of suites.entries())
      await writeRecord(join(results, `${index}-20260102T030405Z-abcdef`), shard(suite, 'pass'))
    await rm(join(results, '1-20260102T030405Z-abcdef', gone))
    t.strictSame(await lackingShards(results, plan), [1], gone)
    const folder = join(root, 'merged')
    await mergeRecords([results], { run: 'merged', folder, argv: [] })
    const view = viewOf(await readEvents(folder))
    t.strictSame(ends(view), ['a pass', 'b miss', 'c pass'])
    t.match(view.end, { exitCode: 3 })
  }
})

t.test('of two results of a job one counts: the first in which nothing was lost', async t => {
  const twice = [shard('a', 'pass', 2), shard('a', 'fail', 1), shard('b', 'error', 1)]
  const view = await merged(t, [...twice, shard('b', 'fail', 5), shard('c', 'pass')])
  t.strictSame(ends(view), ['a fail', 'b fail', 'c pass'])
  t.match(view.counts, { pass: 1, fail: 2, error: 0 })
})

t.test('a kernel that one worker could not build counts as built by another', async t => {
  const problem = { kind: 'build' as const, message: 'no space' }
  const [start, planned] = shard('a', 'pass')
  if (start === undefined || planned === undefined) throw new Error('a run has a start')
  const failed: RunEvent = { type: 'build-failed', ...ref, status: 'error', problem }
  const broken = [start, planned, failed]
  const view = await merged(t, [broken, shard('b', 'pass'), shard('c', 'pass')])
  t.strictSame(ends(view), ['a miss', 'b pass', 'c pass'])
  t.match(view.counts, { pass: 2, miss: 1, error: 0 })
  const nowhere = await merged(t, [broken])
  t.match(nowhere.columns, [{ failed: { problem } }])
  t.match(nowhere.end, { exitCode: 3, counts: { error: 1, miss: 0 } })
})

t.test('results of another plan, or of another version, are refused', async t => {
  const strange = merged(t, [shard('a', 'pass', 1, 'f00')])
  await t.rejects(strange, { code: 'OTHER_PLAN', exitCode: 2, message: /of plan f00, and not of/ })
  const [start, ...rest] = shard('a', 'pass')
  const old = [{ ...start, version: '0.0.9' } as RunEvent, ...rest]
  await t.rejects(merged(t, [old]), { code: 'OTHER_VERSION', message: /is of modprove 0\.0\.9/ })
  await t.rejects(merged(t, []), { code: 'NOTHING_TO_MERGE', exitCode: 3 })
})
