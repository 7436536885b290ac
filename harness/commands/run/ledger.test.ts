import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { usageError } from '../../platform/errors.js'
import { noCounts, type JobRef, type RunEvent } from '../../contract/events.js'
import { SUITE_END } from '../../contract/test-names.js'
import { historyOf } from '../../history/index.js'
import { packageRoot } from '../../platform/files/package-root.js'
import { readProject } from '../../project/project.js'
import { readEvents } from '../../record/read.js'
import { readReplay } from '../../record/replay.js'
import { viewOf } from '../../record/view.js'
import { testEnd, type MadeUpEnd } from '../../record/made-up-run.fixture.js'
import { Ledger, type NewRun } from './ledger.js'

const host = { qemu: 'QEMU 7.2', accelerator: 'tcg', node: 'v20', system: 'Debian', cores: 2 }
const request = {
  kernels: ['6.1'],
  flavours: ['plain'],
  suites: [],
  cold: false,
  coverage: false,
  retries: 0,
}
const jobOf = (suite: string): JobRef => ({
  id: `6.1.9-plain/${suite}`,
  kernel: '6.1',
  series: '6.1',
  release: '6.1.9',
  flavour: 'plain',
  suite,
})

async function begun(
  t: Test,
  suites: readonly string[],
  folder = t.testdir(),
  own: Partial<NewRun> = {},
) {
  const told: RunEvent[] = []
  const project = { ...(await readProject(packageRoot)), state: folder }
  const jobs = suites.map(jobOf)
  const ledger = await Ledger.begin(project, { request, jobs, host, ...own }, event =>
    told.push(event),
  )
  return { ledger, told, project, history: historyOf(project) }
}

/** One job, from its start to its end, with one test. */
function tell(ledger: Ledger, suite: string, end: MadeUpEnd, own: Partial<RunEvent> = {}): void {
  const job = jobOf(suite).id
  ledger.emit({ type: 'job-start', job, at: '', title: suite, tests: ['it'] })
  ledger.emit({ ...testEnd(job, 'it', end), ...own } as RunEvent)
  ledger.emit({ type: 'job-end', job, durationMs: 1, counts: noCounts })
}

t.test('a shard has its plan’s commit, whatever is checked out by then', async t => {
  const start = async (own: Partial<NewRun>) => (await begun(t, [], undefined, own)).told[0]
  t.match(await start({ commit: 'c0ffee' }), { type: 'run-start', commit: 'c0ffee' })
  t.match(await start({ commit: null }), { commit: null }, 'of a plan from outside git')
  t.match(await start({}), { commit: /^[0-9a-f]{40}$/ })
})

t.test('an event is recorded, counted and reported alike', async t => {
  const { ledger, told } = await begun(t, ['mmap', 'ioctl'])
  tell(ledger, 'mmap', 'pass')
  tell(ledger, 'ioctl', 'flaky')
  t.equal(await ledger.end(false, undefined), 0)
  t.match(ledger.counts, { pass: 2, flaky: 1 })
  t.strictSame(await readEvents(ledger.folder), told)
  t.equal(told.at(-1)?.type, 'run-end')
})

t.test('lost is never passed: a test without an end is a miss, and the run fails', async t => {
  const { ledger, told } = await begun(t, ['mmap', 'ioctl'])
  tell(ledger, 'mmap', 'pass')
  t.equal(await ledger.end(false, undefined), 3)
  t.match(viewOf(told).counts, { pass: 1, miss: 1 })
})

t.test('a failure outranks a loss, an interruption outranks both', async t => {
  for (const [interrupted, status] of [
    [false, 1],
    [true, 130],
  ] as const) {
    const { ledger } = await begun(t, ['mmap', 'ioctl'])
    tell(ledger, 'mmap', 'fail')
    t.equal(await ledger.end(interrupted, undefined), status)
  }
})

t.test('a column that could not be built fails the run, and takes its jobs along', async t => {
  const { ledger, told } = await begun(t, ['mmap'])
  const name = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  const problem = { kind: 'build', message: 'it does not compile' } as const
  ledger.emit({ type: 'build-failed', ...name, status: 'error', problem })
  t.strictSame(ledger.unfinished, [])
  t.equal(await ledger.end(false, undefined), 3)
  t.match(viewOf(told).counts, { error: 1, miss: 0 })
})

t.test('a test that failed leaves what is needed to run it again, and its findings', async t => {
  const own = { request: { ...request, retries: 1, timeoutMs: 5000 } }
  const { ledger, told } = await begun(t, ['mmap'], undefined, own)
  const finding = { kind: 'kasan', title: 'use-after-free', trace: [], text: '' }
  tell(ledger, 'mmap', 'fail', { findings: [finding] })
  const end = told.find(event => event.type === 'test-end')
  const replay = end?.type === 'test-end' ? end.replay : undefined
  t.equal(replay, 'jobs/6.1.9-plain/mmap/failures/1-it')
  t.match(readReplay(join(ledger.folder, replay ?? '')), {
    release: '6.1.9',
    flavour: 'plain',
    suite: 'mmap',
    test: 'it',
    retries: 1,
    timeoutMs: 5000,
  })
  const findings = await readFile(
    join(ledger.folder, 'jobs/6.1.9-plain/mmap/findings.jsonl'),
    'utf8',
  )
  t.match(JSON.parse(findings), { test: 'it', kind: 'kasan' })
})

t.test('a run is compared with the one before it', async t => {
  const folder = t.testdir()
  const first = await begun(t, ['mmap'], folder)
  tell(first.ledger, 'mmap', 'pass')
  await first.ledger.end(false, undefined)
  const second = await begun(t, ['mmap'], folder)
  tell(second.ledger, 'mmap', 'fail')
  await second.ledger.end(false, undefined)
  const found = second.told.find(event => event.type === 'comparison')
  t.match(found, { against: 'last', changes: [{ test: 'it', change: 'regressed' }] })
})

t.test('a resumed run does the remaining jobs, and reports all', async t => {
  const { ledger, project } = await begun(t, ['mmap', 'ioctl'])
  tell(ledger, 'mmap', 'pass')
  await ledger.end(true, undefined)
  const told: RunEvent[] = []
  const report = (event: RunEvent) => void told.push(event)
  const events = await readEvents(ledger.folder)
  const again = Ledger.resume(project, ledger.folder, events, host, report)
  t.strictSame(again.unfinished, [jobOf('ioctl')])
  tell(again, 'ioctl', 'pass')
  t.equal(await again.end(false, undefined), 0)
  t.match(again.counts, { pass: 2, miss: 0 })
  t.strictSame(
    told.flatMap(event => (event.type === 'test-end' ? [event.job] : [])),
    ['6.1.9-plain/mmap', '6.1.9-plain/ioctl'],
  )
  t.match(viewOf(await readEvents(ledger.folder)).counts, { pass: 2, miss: 0 })
})

t.test('earlier events of a repeated job are not reported again', async t => {
  const { ledger, project } = await begun(t, ['mmap', 'ioctl'])
  const job = jobOf('mmap').id
  ledger.emit({ type: 'job-start', job, at: '', title: 'mmap', tests: ['it', SUITE_END] })
  ledger.emit(testEnd(job, 'it', 'fail'))
  await ledger.end(true, undefined)
  const nobody = () => undefined
  const again = Ledger.resume(project, ledger.folder, await readEvents(ledger.folder), host, nobody)
  tell(again, 'mmap', 'pass')
  await again.end(true, undefined)
  const told: RunEvent[] = []
  const report = (event: RunEvent) => void told.push(event)
  Ledger.resume(project, ledger.folder, await readEvents(ledger.folder), host, report)
  t.strictSame(
    told.flatMap(event => (event.type === 'test-end' ? [event.status] : [])),
    ['pass'],
  )
})

t.test('a repeated job’s earlier findings and replay files are removed', async t => {
  const { ledger, project } = await begun(t, ['mmap', 'ioctl'])
  const findings = (kind: string) => [{ kind, title: 'use-after-free', trace: [], text: '' }]
  tell(ledger, 'ioctl', 'fail', { findings: findings('whole') })
  const job = jobOf('mmap').id
  ledger.emit({ type: 'job-start', job, at: '', title: 'mmap', tests: ['it', 'other'] })
  ledger.emit({ ...testEnd(job, 'it', 'fail'), findings: findings('void') } as RunEvent)
  await ledger.end(true, undefined)
  const nobody = () => undefined
  const again = Ledger.resume(project, ledger.folder, await readEvents(ledger.folder), host, nobody)
  const jobs = join(ledger.folder, 'jobs/6.1.9-plain')
  t.notOk(existsSync(join(jobs, 'mmap/findings.jsonl')))
  t.notOk(existsSync(join(jobs, 'mmap/failures')))
  t.match(await readFile(join(jobs, 'ioctl/findings.jsonl'), 'utf8'), 'whole')
  t.ok(existsSync(join(jobs, 'ioctl/failures/1-it/replay.json')))
  tell(again, 'mmap', 'fail', { findings: findings('second') })
  t.equal((await readFile(join(jobs, 'mmap/findings.jsonl'), 'utf8')).split('\n').length, 2)
})

t.test('an error before anything ran is the exit status', async t => {
  const { ledger } = await begun(t, [])
  t.equal(await ledger.end(false, undefined, usageError('NO_TESTS', 'none')), 2)
})
