import t from 'tap'
import type { RunEvent } from '../contract/events.js'
import { exitCodeOf } from '../record/exit-code.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { github } from './formats/github.js'
import { junit } from './formats/junit.js'
import { kcidb } from './formats/kcidb.js'
import { markdown } from './formats/markdown.js'
import { TapReporter } from './formats/tap.js'
import { encode } from './page/encode.js'
import { PrettyReporter } from './terminal/pretty.js'

const made = madeUpRun({ '6.1 plain': { ring: { a: 'pass', b: 'xfail', c: 'xpass' } } }).map(
  event =>
    event.type === 'test-end' && event.status === 'xfail' ? { ...event, cause: 'oops' } : event,
)
const { counts } = viewOf(made)
const events = [
  ...made.map(event => (event.type === 'job-end' ? { ...event, counts } : event)),
  { type: 'run-end', at: '', durationMs: 1, counts, exitCode: 0, interrupted: false } as const,
]
const view = viewOf(events)
const BETTER = 'passed although expected to fail (was broken): 6.1.9 plain ring: c'

const written = (
  of: (write: (text: string) => void) => { take(event: RunEvent): void },
): string => {
  let text = ''
  const reporter = of(more => void (text += more))
  for (const event of events) reporter.take(event)
  return text
}

t.test('an expected failure is counted apart, and not red', t => {
  t.match(counts, { pass: 2, xfail: 1, fail: 0 })
  t.equal(exitCodeOf(counts), 0)
  t.end()
})

t.test('every report tells it with the reason, and what passed nevertheless', t => {
  const pretty = written(write => new PrettyReporter(write))
  t.match(pretty, /✓ 6\.1\.9 plain ring {2}2 passed, 1 failed as expected/)
  t.match(pretty, /× b {2}known/)
  t.match(pretty, BETTER)
  t.match(pretty, '2 passed, 0 failed, 0 skipped, 1 failed as expected')

  const tap = written(write => new TapReporter(write))
  t.match(tap, 'not ok 2 - b # TODO known\n')
  t.match(tap, 'ok 3 - c # TODO was broken\n')
  t.match(tap, '\nok 1 - 6.1.9-plain/ring\n')

  const xml = [...junit(view)].join('')
  t.match(xml, /tests="3" failures="0" errors="0" skipped="1"/)
  t.match(xml, '<skipped message="failed as expected: known"/>')

  t.match(JSON.parse(kcidb(view)), {
    tests: [{ status: 'PASS' }, { status: 'DONE', misc: { reason: 'known' } }, { status: 'PASS' }],
  })
  const md = [...markdown(view)].join('')
  t.match(md, '## ✅ 2 passed, 0 failed, 0 skipped, 1 failed as expected')
  t.match(md, '`was broken`')
  t.equal(github(view), '')
  t.match(encode(view, () => undefined).jobs, [{ ends: 'pxp' }])
  t.end()
})

t.test('a build that is expected to fail is not red, and one that does not is reported', t => {
  const column = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  const failed = {
    type: 'build-failed',
    ...column,
    status: 'xfail',
    reason: 'renamed',
    problem: { kind: 'build', message: 'does not compile' },
  } as const
  const start = made.slice(0, 2)
  const unbuilt = viewOf([...start, failed])
  t.match(unbuilt.counts, { xfail: 1, fail: 0 })
  const xml = [...junit(unbuilt)].join('')
  t.match(
    xml,
    /failures="0" errors="0" skipped="1".*<skipped message="failed as expected: renamed"\/>/s,
  )
  const md = [...markdown({ ...view, ...unbuilt })].join('')
  t.match(md, /## ✅ .*❎ `6\.1\.9 plain`: `does not compile`\n {2}- `renamed`/s)
  t.equal(github(unbuilt), '')
  t.match(JSON.parse(kcidb(unbuilt)), { builds: [{ status: 'DONE' }] })
  const built = made.map(event =>
    event.type === 'column' ? { ...event, xpass: 'renamed' } : event,
  )
  t.match([...markdown(viewOf(built))].join(''), '(`renamed`): `6.1.9 plain is built`')
  t.match(encode(viewOf(built), () => undefined).columns, [{ built: { xpass: 'renamed' } }])
  t.end()
})
