import t from 'tap'
import { madeUpRun, type MadeUpColumns } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { entriesOf, jobKey, type HistoryEntry } from './entry.js'
import { pastOfTests } from './past-of-tests.js'

/** The past after runs on the 1st, 2nd, … of January. */
function pastAfter(...runs: readonly MadeUpColumns[]) {
  const past = new Map<string, HistoryEntry[]>()
  for (const [index, columns] of runs.entries()) {
    const at = `2026-01-0${index + 1}T00:00:00.000Z`
    for (const entry of entriesOf(viewOf(madeUpRun(columns, { run: `run ${index}`, at }))))
      past.set(jobKey(entry), [...(past.get(jobKey(entry)) ?? []), entry])
  }
  return past
}

t.test('a test is shown column by column, older kernels first', async t => {
  const past = pastAfter(
    { '6.12 plain': { mmap: { it: 'pass' } }, '6.1 plain': { mmap: { it: 'flaky' } } },
    { '6.12 plain': { mmap: { it: 'fail' } }, '6.1 plain': { mmap: {} } },
    { '6.12 plain': { mmap: { it: 'error' } }, '6.1 plain': { mmap: { it: 'miss' } } },
  )
  t.strictSame(pastOfTests(past, { test: /^it$/ }), [
    {
      suite: 'mmap',
      test: 'it',
      columns: [
        { kernel: '6.1', flavour: 'plain', ends: 'ym', lastGood: '2026-01-01T00:00:00.000Z' },
        { kernel: '6.12', flavour: 'plain', ends: 'pfe', lastGood: '2026-01-01T00:00:00.000Z' },
      ],
    },
  ])
})

t.test('what never passed has no last good run', async t => {
  const [found] = pastOfTests(pastAfter({ '6.1 plain': { mmap: { it: 'fail' } } }), { test: /it/ })
  t.strictSame(found?.columns, [{ kernel: '6.1', flavour: 'plain', ends: 'f' }])
})

t.test('without a named test, those are listed that have not always ended alike', async t => {
  const tests = { steady: 'pass', broken: 'fail' } as const
  const past = pastAfter(
    { '6.1 plain': { mmap: { ...tests, wavers: 'pass' } } },
    { '6.1 plain': { mmap: { ...tests, wavers: 'fail' } } },
  )
  const names = (wish: Parameters<typeof pastOfTests>[1]) =>
    pastOfTests(past, wish).map(({ test }) => test)
  t.strictSame(names({}), ['wavers'])
  t.strictSame(names({ test: /ea|ok/ }), ['broken', 'steady'])
  t.strictSame(names({ suite: 'other' }), [])
})
