import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RunEvent } from '../contract/events.js'
import type { SourceCoverage } from '../coverage/merge.js'
import { writeCoverage } from '../coverage/report.js'
import { mergeRecords } from './merge.js'
import { readEvents } from './read.js'
import { syntheticRun, writeRecord } from './synthetic.fixture.js'
import { viewOf, type RunView } from './view.js'

const kernels = [1, 2, 3]
const whole = [...syntheticRun({ kernels, suites: 2, tests: 40 })]
const shard = (kernel: number) => [...syntheticRun({ kernels: [kernel], suites: 2, tests: 40 })]

async function merged(t: Test, shards: readonly (readonly RunEvent[])[]): Promise<string> {
  const root = t.testdir()
  const folders: string[] = []
  for (const [index, events] of shards.entries())
    folders.push(await writeRecord(join(root, `shard-${index}`), events))
  const target = { run: 'synthetic-1-2-3', folder: join(root, 'merged'), argv: ['run'] }
  await mergeRecords(folders, target)
  return target.folder
}

const viewIn = async (folder: string): Promise<RunView> => viewOf(await readEvents(folder))

t.test('shards merged read as the run that nobody shared out', async t => {
  const folder = await merged(t, kernels.map(shard))
  const events = (await readEvents(folder)).map(event =>
    event.type === 'run-start' ? { ...event, folder: '/synthetic' } : event,
  )
  t.same(viewOf(events), viewOf(whole))
  const jobs = await readdir(join(folder, 'jobs'))
  t.same(jobs.sort(), ['6.1.9-plain', '6.2.9-plain', '6.3.9-plain'])
  const tap = await readFile(join(folder, 'jobs/6.2.9-plain/suite-1/suite.tap'), 'utf8')
  t.match(tap, '6.2.9-plain/suite-1')
  const runJson = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunView
  t.equal(runJson.columns.length, 3)
  t.same(runJson.counts, viewOf(whole).counts)
})

t.test('a shard that was cut off is lost, and the verdict on the others stands', async t => {
  const cut = shard(2).slice(0, 4)
  t.match(cut.at(-1), { type: 'job-start' })
  const view = await viewIn(await merged(t, [shard(1), cut, shard(3)]))
  t.equal(view.counts.miss, 41, '40 tests of one job, and the other job')
  t.match(view.end, { interrupted: true, exitCode: 1 }, 'a failure comes before what is lost')
  const silent = shard(1).filter(event => !('job' in event))
  const lost = await viewIn(await merged(t, [silent]))
  t.match(lost.end, { exitCode: 3 }, 'whatever the run itself said at its end')
  t.equal(lost.counts.miss, 2)
})

t.test('hosts are named together, and their pace is that of the slowest', async t => {
  const on = (kernel: number, slowness?: number) =>
    shard(kernel).map((event): RunEvent => {
      if (event.type !== 'run-start' || slowness === undefined) return event
      return { ...event, host: { ...event.host, slowness } }
    })
  const { start } = await viewIn(await merged(t, [on(1, 2), on(2, 3.5), on(3)]))
  t.equal(start.host.slowness, 3.5)
})

t.test('records that do not belong together are refused', async t => {
  const again = shard(1).map(event => (event.type === 'run-start' ? { ...event, run: 'z' } : event))
  await t.rejects(merged(t, [shard(1), again]), {
    code: 'JOB_IN_TWO_RECORDS',
    message: /6\.1\.9-plain\/suite-0 is in .*shard-0 and in .*shard-1/,
    exitCode: 2,
  })
  const [start, ...rest] = shard(2)
  t.equal(start?.type, 'run-start')
  if (start?.type !== 'run-start') return
  const other = { ...start, content: { module: 'another', suites: 's' } }
  await t.rejects(merged(t, [shard(1), [other, ...rest]]), {
    code: 'RECORDS_DIFFER',
    message: /were not run with the same module/,
  })
  const ofMutants = Object.fromEntries(
    Object.entries(start).filter(([key]) => key !== 'request'),
  ) as unknown as RunEvent
  await t.rejects(merged(t, [[ofMutants, ...rest]]), { code: 'NOT_A_RUN' })
})

t.test('what is there already is left alone, and a failed merge leaves nothing', async t => {
  const root = t.testdir()
  const from = await writeRecord(join(root, 'one'), shard(1))
  await mkdir(join(root, 'merged'))
  const target = { run: 'r', folder: join(root, 'merged'), argv: [] }
  await t.rejects(mergeRecords([from], target), { code: 'OUTPUT_EXISTS' })
  await writeFile(join(from, 'events.jsonl'), 'garbage\n{}\n', { flag: 'a' })
  const elsewhere = { ...target, folder: join(root, 'elsewhere') }
  await t.rejects(mergeRecords([from], elsewhere), { code: 'RECORD_DAMAGED' })
  t.same((await readdir(root)).sort(), ['merged', 'one'])
})

t.test('comparisons with the same run are one', async t => {
  const comparison = (unchanged: number): RunEvent => ({
    type: 'comparison',
    against: 'last',
    changes: [],
    unchanged,
    fresh: 0,
    past: [],
  })
  const withEnd = (events: RunEvent[], ...more: RunEvent[]) => [
    ...events.slice(0, -1),
    ...more,
    ...events.slice(-1),
  ]
  const shards = [withEnd(shard(1), comparison(3)), withEnd(shard(2), comparison(4))]
  const view = await viewIn(await merged(t, shards))
  t.match(view.comparisons, [{ against: 'last', unchanged: 7 }])
})

t.test('coverage is that of all shards', async t => {
  const root = t.testdir({ sources: { 'ring.c': 'one\ntwo\nthree\n' } })
  const covered = (lines: Record<number, number>): SourceCoverage => ({
    file: 'ring.c',
    lines: new Map(Object.entries(lines).map(([line, count]) => [Number(line), count])),
    functions: new Map([['ring', { line: 1, count: lines[1] ?? 0 }]]),
    branches: [{ line: 2, function: 'ring', counts: [lines[2] ?? 0, 0] }],
  })
  const folders: string[] = []
  for (const [index, lines] of [
    { 1: 1, 2: 0, 3: 0 },
    { 1: 1, 2: 4, 3: 0 },
  ].entries()) {
    const folder = await writeRecord(join(root, `shard-${index}`), shard(index + 1))
    await cp(join(root, 'sources'), join(folder, 'sources'), { recursive: true })
    await writeCoverage(
      { sources: [covered(lines)], reasons: [] },
      join(folder, 'sources'),
      join(folder, 'coverage'),
    )
    folders.push(folder)
  }
  const target = { run: 'merged', folder: join(root, 'merged'), argv: [] }
  await mergeRecords(folders, target)
  const { coverage } = await viewIn(target.folder)
  t.match(coverage, {
    folder: join(target.folder, 'coverage'),
    files: [
      {
        file: 'ring.c',
        lines: { covered: 2, total: 3 },
        functions: { covered: 1, total: 1 },
        branches: { covered: 1, total: 2 },
      },
    ],
    gaps: [{ line: 2 }, { line: 3, code: 'three' }],
  })
  const lcov = await readFile(join(target.folder, 'coverage/lcov.info'), 'utf8')
  t.match(lcov, /^SF:ring\.c$[^]*^DA:1,2$[^]*^DA:2,4$[^]*^DA:3,0$/m)
})
