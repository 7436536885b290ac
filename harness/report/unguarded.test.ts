import t from 'tap'
import { noCounts, type RunEvent } from '../contract/events.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { formatNames } from '../contract/format-names.js'
import { formats } from './formats.js'
import { unguardedLines } from './unguarded.js'

const made = madeUpRun({ '6.1 debug': { ring: { a: 'pass', b: 'pass', c: 'pass', d: 'pass' } } })
const events = made.flatMap((event): RunEvent[] => {
  if (event.type !== 'test-end') return [event]
  return [{ ...event, unguarded: ['lockdep', 'kasan'] }]
})
const [job = ''] = events.flatMap(event => (event.type === 'test-end' ? [event.job] : []))
const last = events.findLastIndex(event => event.type === 'test-end')
const counts = { ...noCounts, pass: 4 }
if (!events.some(event => event.type === 'job-end'))
  events.splice(last + 1, 0, { type: 'job-end', job, durationMs: 1, counts })

async function* each(): AsyncGenerator<RunEvent> {
  yield* events
}

for (const format of formatNames)
  void t.test(`${format}: what was not fully checked is said, once a job`, async t => {
    let report = ''
    const source = { view: viewOf(events), events: each, folder: t.testdir() }
    for await (const chunk of formats[format](source)) report += chunk
    t.match(report, /lockdep(?:, |",\s*")kasan/)
    t.ok(report.split('not fully checked by lockdep').length <= 2)
  })

void t.test('tests that did without the same checks share a line', t => {
  const results = events.flatMap(event => (event.type === 'test-end' ? [event] : []))
  t.strictSame(unguardedLines(results), [
    'not fully checked by lockdep, kasan, after a known finding: "a", "b", "c" and 1 more',
  ])
  const own = results.map((result, at) => ({ ...result, unguarded: at === 0 ? ['ubsan'] : [] }))
  t.strictSame(unguardedLines(own), ['not fully checked by ubsan, after a known finding: "a"'])
  t.end()
})
