import t from 'tap'
import { noCounts, type FindingReport, type RunEvent } from '../contract/events.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { formatNames } from '../contract/format-names.js'
import { formats } from './formats.js'

const repeated: FindingReport = {
  kind: 'list-corruption',
  title: 'list_del corruption in ring_pop',
  location: { file: 'module/ring.c', line: 12 },
  trace: [
    {
      function: 'ring_pop',
      offset: 0x9d,
      size: 0x155,
      module: 'ring',
      location: { file: 'module/ring.c', line: 12 },
    },
  ],
  count: 100,
  text: 'list_del corruption, ffff888003a4f000->next is LIST_POISON1',
}

const other: FindingReport = { ...repeated, title: 'other', text: 'other', allowed: 'known' }

const events = madeUpRun({ '6.1 plain': { ring: { pops: 'fail' } } }).flatMap(
  (event): RunEvent[] => {
    if (event.type !== 'test-end') return [event]
    const { job } = event
    const counts = { ...noCounts, fail: 1 }
    return [
      { ...event, findings: [repeated, other] },
      { type: 'job-end', job, durationMs: 1, counts },
    ]
  },
)

async function* each(): AsyncGenerator<RunEvent> {
  yield* events
}

for (const format of formatNames)
  t.test(
    `${format}: a finding that came a hundred times is shown once, with its count`,
    async t => {
      let report = ''
      const source = { view: viewOf(events), events: each, folder: t.testdir() }
      for await (const chunk of formats[format](source)) report += chunk
      t.match(report, /100 times|"?(?:count|times)"?: ?100/)
      const shown = report.split(repeated.text).length - 1
      t.ok(shown <= 1, `its text is there ${shown} times`)
    },
  )
