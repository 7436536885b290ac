import { readFile, truncate, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { RecordedRequest, Subject } from '../contract/events.js'
import { madeUpRun, subject } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { entriesOf, jobKey } from './entry.js'
import { appendHistory, KEPT_RUNS, readHistory } from './history.js'
import { remember } from './index.js'

const at = '2026-01-02T03:04:05.000Z'
const entries = (run: string) =>
  entriesOf(viewOf(madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } }, { run, at })))
const key = jobKey({ kernel: '6.1', flavour: 'plain', suite: 'mmap' })

t.test('what was appended is read back, oldest first, without the run itself', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  for (const run of ['one', 'two', 'three']) await appendHistory(entries(run), file)
  const past = await readHistory(file, subject, { run: 'three', at: '2026-01-02T03:04:05.001Z' })
  t.strictSame(
    past.get(key)?.map(({ run }) => run),
    ['one', 'two'],
  )
})

t.test('another module has another past, whatever its suites and tests are called', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  await appendHistory(entries('one'), file)
  const runsOf = async (other: Partial<Subject> | undefined) =>
    (await readHistory(file, other && { ...subject, ...other }, undefined)).get(key)?.length
  t.equal(await runsOf({}), 1)
  t.equal(await runsOf({ modules: ['ring', 'added'] }), 1, 'a module that is added is no other')
  t.equal(await runsOf({ modules: [] }), 1, 'nor is one whose Kbuild file says no names')
  t.equal(await runsOf({ modules: ['other'] }), undefined)
  t.equal(await runsOf({ folder: 'elsewhere' }), undefined)
  t.equal(await runsOf({ project: 'elsewhere' }), undefined)
  t.equal(await runsOf(undefined), undefined, 'a record that does not say it')
})

t.test('tests by name, and replays, are not remembered', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  const request = {
    kernels: [],
    flavours: [],
    suites: [],
    cold: false,
    coverage: false,
    retries: 0,
  }
  const ran = (own: Partial<RecordedRequest>) =>
    viewOf(
      madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } }, { request: { ...request, ...own } }),
    )
  await remember(ran({ grep: 'it' }), file)
  await remember(ran({ replayOf: 'earlier' }), file)
  t.equal((await readHistory(file, subject, undefined)).size, 0)
  await remember(ran({}), file)
  t.equal((await readHistory(file, subject, undefined)).size, 2)
})

t.test('there is no past without a history', async t => {
  t.equal((await readHistory(join(t.testdir(), 'none.jsonl'), subject, undefined)).size, 0)
})

t.test('a line that was cut off costs itself alone', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  await appendHistory(entries('one'), file)
  await appendHistory(entries('two'), file)
  await truncate(file, (await stat(file)).size - 20)
  await appendHistory(entries('three'), file)
  const past = await readHistory(file, subject, undefined)
  t.strictSame(
    past.get(key)?.map(({ run }) => run),
    ['one', 'three'],
  )
  t.match(await readFile(file, 'utf8'), /"run":"two"/, 'nothing was taken away')
})

t.test('as many runs are kept in mind as one looks back over', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  for (let run = 0; run < KEPT_RUNS + 5; run += 1) await appendHistory(entries(`${run}`), file)
  const runs = (await readHistory(file, subject, undefined)).get(key)?.map(entry => entry.run)
  t.equal(runs?.length, KEPT_RUNS)
  t.equal(runs?.at(-1), String(KEPT_RUNS + 4))
})

t.test('lines of another version are left out', async t => {
  const other = entries('old').map(entry => JSON.stringify({ ...entry, v: 0 }))
  const file = join(t.testdir({ 'history.jsonl': `${other.join('\n')}\nnull\n` }), 'history.jsonl')
  t.equal((await readHistory(file, subject, undefined)).size, 0)
})

t.test('what was left out is reported: how much, why, and where it begins', async t => {
  const [good] = entries('good').map(entry => JSON.stringify(entry))
  const newer = entries('new').map(entry => JSON.stringify({ ...entry, v: 1 }))
  const lines = [good, 'half {', '', '{"v":2}', ...newer, good]
  const file = join(t.testdir({ 'history.jsonl': `${lines.join('\n')}\n` }), 'history.jsonl')
  const told: string[] = []
  const past = await readHistory(file, subject, undefined, text => told.push(text))
  t.equal(past.size, 1)
  t.match(told, [/jsonl:2: 2 lines are damaged, /, /jsonl:5: 2 lines are of another modprove, /])
})

const ranAt = (run: string, at: string) => entries(run).map(entry => ({ ...entry, at }))

t.test('what ran later is no past of a run', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  await appendHistory(ranAt('one', '2026-01-01T00:00:00.000Z'), file)
  await appendHistory(entries('two'), file)
  await appendHistory(ranAt('later', '2026-01-03T00:00:00.000Z'), file)
  const past = await readHistory(file, subject, { run: 'two', at })
  t.strictSame(
    past.get(key)?.map(({ run }) => run),
    ['one'],
  )
})

t.test('the runs that a record was merged from are no past of it', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  await appendHistory(ranAt('the night before', '2026-01-01T00:00:00.000Z'), file)
  await appendHistory(entries('a shard'), file)
  // A merged record has the start of its first shard.
  const past = await readHistory(file, subject, { run: 'merged', at })
  t.strictSame(
    past.get(key)?.map(({ run }) => run),
    ['the night before'],
  )
})

t.test('a run that is added twice counts once, as it was added last', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  const lost = entries('one').map(entry => ({ ...entry, ends: { it: 'm' as const } }))
  for (const told of [lost, entries('two'), entries('one')]) await appendHistory(told, file)
  const past = await readHistory(file, subject, undefined)
  t.strictSame(
    past.get(key)?.map(({ run, ends }) => [run, ends['it']]),
    [
      ['two', 'p'],
      ['one', 'p'],
    ],
  )
})

t.test('a name may hold whatever JSON lets stand in a line', async t => {
  const file = join(t.testdir(), 'history.jsonl')
  const test = 'one\u2028two\u2029three'
  const odd = viewOf(madeUpRun({ '6.1 plain': { mmap: { [test]: 'pass' } } }, { run: 'odd' }))
  await appendHistory(entriesOf(odd), file)
  const past = await readHistory(file, subject, undefined)
  t.strictSame(Object.keys(past.get(key)?.[0]?.ends ?? {}), [test])
})
