import t from 'tap'
import type { FindingReport } from '../contract/events.js'
import type { JobMachine } from './job-machine.js'
import type { JobResults } from './job-results.js'
import { culpritOf } from './suspects.js'

const warning: FindingReport = {
  kind: 'warning',
  title: 'WARNING in ring_late',
  location: { file: 'module/ring.c', line: 7 },
  trace: [],
  text: '',
}

/** Which of ten tests are tried, until that one brings the report about. */
async function tried(culprit: string | undefined, report = warning) {
  const done: string[] = []
  let last = ''
  const machine = {
    discard: async () => undefined,
    runTest: async ({ name }: { name: string }) => {
      done.push((last = name))
      return { status: 'pass', problems: [], findings: [], tap: '', durationMs: 1 }
    },
    aftermath: async () => (last === culprit ? [warning] : []),
  } as unknown as JobMachine
  const results = { note: () => undefined } as unknown as JobResults
  const passed = Array.from({ length: 10 }, (_, at) => ({
    ...{ name: `${at}`, options: {}, body: () => undefined },
  }))
  const found = await culpritOf([report], passed, { results }, machine)
  return { done: done.join(' '), found }
}

void t.test('the newest tests are tried, until one causes it', async t => {
  t.match(await tried('7'), { done: '9 8 7', found: { name: '7', proved: [warning] } })
})

void t.test('what is of the same line of the module is the same, whoever came upon it', async t => {
  const elsewhere = { ...warning, title: 'WARNING in run_timers' }
  t.match(await tried('8', elsewhere), { done: '9 8', found: { name: '8' } })
  const line = { file: 'module/ring.c', line: 8 }
  t.match(await tried('8', { ...elsewhere, location: line }), { found: undefined })
  t.match(await tried('8', { ...elsewhere, kind: 'oops' }), { found: undefined })
})

void t.test('how many are tried is bounded', async t => {
  t.strictSame(await tried('3'), { done: '9 8 7 6 5', found: undefined })
})

void t.test('for what is allowed, none is tried', async t => {
  const allowed = { ...warning, allowed: 'known' }
  t.strictSame(await tried('9', allowed), { done: '', found: undefined })
})
