import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { syntheticRun } from '../../record/synthetic.fixture.js'
import { viewOf } from '../../record/view.js'
import { HOSTILE, hostileRun, LONG } from '../hostile.fixture.js'
import { kcidb } from './kcidb.js'

const schema = JSON.parse(
  readFileSync(new URL('testdata/kcidb-5.3.schema.json', import.meta.url), 'utf8'),
) as object

const ajv = new Ajv2020({ allErrors: true })
addFormats.default(ajv)
const validate = ajv.compile(schema)

interface Submission {
  readonly builds: { id: string; status: string }[]
  readonly tests: { id: string; status: string; build_id: string; misc: { flaky?: object } }[]
  readonly issues: { id: string }[]
  readonly incidents: { issue_id: string; test_id: string }[]
}

const reported = (events: Iterable<RunEvent>) => JSON.parse(kcidb(viewOf(events))) as Submission

t.test('it holds to schema 5.3, whatever a run came to and its texts hold', async t => {
  for (const events of [
    [...syntheticRun({ kernels: [1, 2], suites: 2, tests: 40 })],
    hostileRun(HOSTILE),
    hostileRun(LONG),
    hostileRun(''),
  ]) {
    validate(reported(events))
    t.same(validate.errors ?? [], [])
  }
})

t.test('the schema would not hold what it should not', async t => {
  const { builds, tests } = reported(hostileRun('x'))
  t.notOk(validate({ version: { major: 4 } }))
  t.notOk(validate({ version: { major: 5 }, builds: [{ ...builds[0], id: 'no origin' }] }))
  t.notOk(validate({ version: { major: 5 }, tests: [{ ...tests[0], status: 'LOST' }] }))
  t.notOk(validate({ version: { major: 5 }, tests: [{ ...tests[0], path: 'a b' }] }))
})

t.test('each way to end has its status; flaky passed, and says so aside', async t => {
  const ends = { a: 'pass', b: 'fail', c: 'skip', d: 'error', e: 'miss', f: 'flaky' } as const
  const { tests, builds } = reported(madeUpRun({ '6.1 plain': { ring: ends } }))
  const statuses = ['PASS', 'FAIL', 'SKIP', 'ERROR', 'MISS', 'PASS']
  t.same(
    tests.map(({ status }) => status),
    statuses,
  )
  t.match(tests[5]?.misc.flaky, { status: 'FAIL', why: 'at first' })
  t.equal(new Set(tests.map(({ id }) => id)).size, tests.length, 'ids are their own')
  t.ok(tests.every(test => test.build_id === builds[0]?.id))
})

t.test('a finding is one issue, whichever tests meet it; what was not built failed', async t => {
  const { issues, incidents, tests, builds } = reported(hostileRun('x'))
  t.equal(issues.length, 1)
  t.equal(incidents.length, 4, 'failed, regressed, flaky, failed as expected')
  const ids = new Set(tests.map(({ id }) => id))
  t.ok(incidents.every(({ test_id, issue_id }) => ids.has(test_id) && issue_id === issues[0]?.id))
  t.same(
    builds.map(({ status }) => status),
    ['PASS', 'FAIL', 'DONE'],
  )
})
