import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { LOADS_AND_UNLOADS } from '../../contract/test-names.js'
import { madeUpRun, type MadeUpColumns } from '../../record/made-up-run.fixture.js'
import { viewOf } from '../../record/view.js'
import { galleryTable } from '../../report/activities/gallery.js'
import { galleryColumns, galleryCounts } from './stages.js'

const basics = { [LOADS_AND_UNLOADS]: 'pass', 'no memory grows': 'pass' } as const
const cellsOf = (columns: MadeUpColumns, ...more: readonly RunEvent[]) =>
  galleryColumns(viewOf([...madeUpRun(columns), ...more]))
const statuses = (columns: MadeUpColumns) =>
  cellsOf(columns).map(({ stages }) => Object.values(stages).map(({ status }) => status))

t.test('a stage is as good as the worst of its tests', t => {
  t.strictSame(
    statuses({
      '6.1 plain': { basics, frames: { 'a frame': 'pass', colours: 'skip' } },
      '6.12 plain': { basics: { ...basics, 'a licence': 'xfail' }, frames: { 'a frame': 'fail' } },
      '7.2 plain': { basics: { ...basics, [LOADS_AND_UNLOADS]: 'error' } },
    }),
    [
      ['pass', 'pass', 'pass', 'pass'],
      ['pass', 'pass', 'fail', 'xfail'],
      ['pass', 'error', 'skip', 'pass'],
    ],
  )
  t.end()
})

t.test('what was cut off has passed nothing', t => {
  t.strictSame(statuses({ '6.1 plain': { basics: {} } }), [['pass', 'miss', 'skip', 'miss']])
  t.end()
})

t.test('a module that does not build has the compiler’s first error as its reason', t => {
  const problem = { kind: 'build', message: 'it does not build', firstError: 'a.c:1: error: b' }
  const failed = (status: 'fail' | 'xfail', own: object = {}): RunEvent =>
    ({
      ...{ type: 'build-failed', kernel: '7.3', series: '7.3', release: '7.3.9', flavour: 'plain' },
      ...{ status, problem },
      ...own,
    }) as RunEvent
  const [cell] = cellsOf({ '7.3 plain': { basics: {} } }, failed('fail'))
  t.match(cell?.stages, {
    builds: { status: 'fail', reason: 'a.c:1: error: b' },
    loads: { status: 'skip' },
  })
  const expected = cellsOf(
    { '7.3 plain': { basics: {} } },
    failed('xfail', { reason: 'timers were renamed' }),
  )
  t.match(expected[0]?.stages.builds, { status: 'xfail', reason: 'timers were renamed' })
  t.end()
})

t.test('the table has a mark for each stage, and the reasons of what did not pass', t => {
  const columns = cellsOf({
    '5.10 plain': { basics, frames: { 'a frame': 'pass' } },
    '6.1 plain': { basics: { ...basics, 'no memory grows': 'fail' } },
  })
  const results = [
    { module: 'ring', package: 'ring-dkms=1.0-1', columns },
    { module: 'tape', package: 'tape-dkms=2.0-1', columns: [], problem: 'no \u001b[31mnetwork' },
  ]
  const table = galleryTable(results)
  t.match(table, /^ring {2}1\.0-1 {2}✓✓✓✓ {4}✓✓○✗$/m)
  t.match(table, /^tape {2}2\.0-1 {2}‼ {7}‼$/m)
  t.match(table, /^✗ ring 6\.1\.9 clean: no memory grows: /m)
  t.match(table, /^‼ tape: no .*network$/m)
  t.notMatch(table, '\u001b')
  t.match(galleryCounts(results), { pass: 6, skip: 1, fail: 1, error: 1 })
  t.end()
})
