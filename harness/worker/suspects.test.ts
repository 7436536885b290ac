import t from 'tap'
import type { FindingReport } from '../contract/events.js'
import type { JobMachine } from './job-machine.js'
import type { JobResults } from './job-results.js'
import { culpritsOf } from './suspects.js'

const warning: FindingReport = {
  kind: 'warning',
  title: 'WARNING in ring_late',
  location: { file: 'module/ring.c', line: 7 },
  trace: [],
  text: '',
}

/** Which of ten tests are tried, until those have brought their reports about. */
async function tried(causes: Readonly<Record<string, FindingReport>>, ...reports: FindingReport[]) {
  const done: string[] = []
  let last = ''
  const machine = {
    discard: async () => undefined,
    runTest: async ({ name }: { name: string }) => {
      done.push((last = name))
      return { status: 'pass', problems: [], findings: [], tap: '', durationMs: 1 }
    },
    aftermath: async () =>
      Object.entries(causes).flatMap(([at, report]) => (at === last ? [report] : [])),
  } as unknown as JobMachine
  const results = { note: () => undefined } as unknown as JobResults
  const passed = Array.from({ length: 10 }, (_, at) => ({
    ...{ name: `${at}`, options: {}, body: () => undefined },
  }))
  const culprits = await culpritsOf(reports, passed, { results }, machine)
  return {
    done: done.join(' '),
    found: culprits.map(({ name, report, isConsequence }) => [
      'title' in report && report.title,
      ...(isConsequence ? [`after what ${name} causes`] : [name]),
    ]),
  }
}

void t.test('the newest tests are tried, until one causes it', async t => {
  const found = [['WARNING in ring_late', '7']]
  t.strictSame(await tried({ 7: warning, 6: warning }, warning), { done: '9 8 7', found })
})

const oops = { ...warning, kind: 'oops' as const, title: 'NULL pointer dereference in ring_end' }

void t.test('each report gets its own test, that which came first first', async t => {
  const found = [
    ['WARNING in ring_late', '6'],
    ['NULL pointer dereference in ring_end', '8'],
  ]
  const causes = { 8: oops, 6: warning }
  t.strictSame(await tried(causes, warning, oops), { done: '9 8 7 6', found })
  t.strictSame(await tried({ 8: oops }, warning, oops), {
    done: '9 8 7 6 5',
    found: found.slice(1),
  })
})

void t.test('what is of the same line of the module is the same, whoever came upon it', async t => {
  const elsewhere = { ...warning, title: 'WARNING in run_timers' }
  const found = [['WARNING in run_timers', '8']]
  t.strictSame(await tried({ 8: warning }, elsewhere), { done: '9 8', found })
  const line = { file: 'module/ring.c', line: 8 }
  t.match(await tried({ 8: warning }, { ...elsewhere, location: line }), { found: [] })
  t.match(await tried({ 8: warning }, { ...elsewhere, kind: 'oops' }), { found: [] })
})

void t.test('what came after it, without a line of its own, is of the same test', async t => {
  const at = (first: number) => ({ records: { first, last: first + 9 } })
  const root = { ...warning, ...at(20) }
  const nowhere = { kind: 'warning', title: 'WARNING in rest_init', trace: [], text: '' } as const
  const after = { ...nowhere, ...at(30) }
  t.strictSame(await tried({ 8: warning }, root, after), {
    done: '9 8',
    found: [
      ['WARNING in ring_late', '8'],
      ['WARNING in rest_init', 'after what 8 causes'],
    ],
  })
  const found = [['WARNING in ring_late', '8']]
  const before = { ...nowhere, ...at(10) }
  t.match(await tried({ 8: warning }, root, before), { done: '9 8 7 6 5', found })
  const line = { file: 'module/ring.c', line: 8 }
  const own = { ...after, location: line }
  t.match(await tried({ 8: warning }, root, own), { done: '9 8 7 6 5', found }, 'its own line')
  const leak: FindingReport = { ...after, kind: 'kmemleak' }
  t.match(await tried({ 8: warning }, root, leak), { done: '9 8 7 6 5', found }, 'what is left')
  const allowed = { ...root, allowed: 'known' }
  t.strictSame(
    await tried({ 8: root }, allowed, after),
    { done: '9 8 7 6 5', found },
    'excuses none',
  )
})

void t.test('how many are tried is bounded', async t => {
  t.strictSame(await tried({ 3: warning }, warning), { done: '9 8 7 6 5', found: [] })
})

void t.test('for what is allowed, none is tried', async t => {
  const allowed = { ...warning, allowed: 'known' }
  t.strictSame(await tried({ 9: warning }, allowed), { done: '', found: [] })
})
