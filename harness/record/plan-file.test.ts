import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Plan } from '../contract/plan.js'
import { packageVersion } from '../platform/files/package-root.js'
import { writeJson } from '../platform/files/write-atomically.js'
import { madeUpPlan } from './made-up-plan.fixture.js'
import { readPlan } from './plan-file.js'
import { claimFolder, lackingShards, publishedIn } from './shard-folder.js'

const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const jobs = ['a', 'b'].map(suite => ({ id: `6.1.9-plain/${suite}`, ...ref, suite }))
const plan = madeUpPlan(jobs)

t.test('a plan is read as it was written, and its id is not of its time', async t => {
  const file = join(t.testdir(), 'plan.json')
  await writeJson(file, plan)
  t.strictSame(await readPlan(file), plan)
  t.equal(madeUpPlan(jobs, { at: '2027-01-01T00:00:00.000Z' }).id, plan.id)
  t.not(madeUpPlan(jobs.slice(1)).id, plan.id)
})

t.test('what is no plan, of another version, or changed is refused', async t => {
  const file = join(t.testdir(), 'plan.json')
  const read = async (text: string): Promise<Plan> => {
    await writeFile(file, text)
    return readPlan(file)
  }
  const text = JSON.stringify(plan)
  await t.rejects(readPlan(file), { code: 'NOT_A_PLAN', exitCode: 2, message: /cannot be read/ })
  await t.rejects(read('{'), { code: 'NOT_A_PLAN', message: /is not JSON/ })
  await t.rejects(read('{"version":"0.0.9"}'), {
    code: 'OTHER_VERSION',
    message: `${file} is of modprove 0.0.9, and this is modprove ${packageVersion}`,
  })
  await t.rejects(read(text.replace('"shards"', '"shard"')), { message: /shards is missing/ })
  await t.rejects(read(text.replace('plain/b"', 'plain/c"')), { code: 'PLAN_CHANGED', exitCode: 2 })
})

t.test("a folder is one plan's", async t => {
  const folder = join(t.testdir(), 'results')
  await claimFolder(folder, plan)
  await claimFolder(folder, plan)
  const other = madeUpPlan(jobs.slice(1))
  await t.rejects(claimFolder(folder, other), {
    code: 'OTHER_PLAN',
    exitCode: 2,
    message: `${folder} is of plan ${plan.id}, and not of ${other.id}`,
    remedy: `Name another folder for this plan: --output; or remove ${folder}`,
  })
  t.match(await readFile(join(folder, 'plan.json'), 'utf8'), plan.id)
})

t.test('a shard needs another worker while nothing sound of it is there', async t => {
  const record = (error: number, miss: number) => ({
    'events.jsonl': '',
    'run.json': JSON.stringify({ counts: { error, miss } }),
  })
  const folder = t.testdir({
    '.unfinished': { '20260102T030405Z-aaaaaa': record(0, 0) },
    '0-20260102T030405Z-aaaaaa': record(0, 1),
    '0-20260102T030505Z-bbbbbb': record(0, 0),
    '12-20260102T030405Z-cccccc': record(1, 0),
    '13-20260102T030405Z-dddddd': record(0, 1),
    // A copy that ended early.
    '11-20260102T030405Z-eeeeee': { 'run.json': record(0, 0)['run.json'] },
    other: {},
  })
  const records = await publishedIn(folder)
  t.strictSame(
    records.map(({ index }) => index).sort((a, b) => a - b),
    [0, 0, 11, 12, 13],
  )
  const shards = Array.from({ length: 14 }, () => plan.shards[0]) as unknown as Plan['shards']
  const lacking = await lackingShards(folder, { ...plan, shards })
  t.strictSame(lacking, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
})
