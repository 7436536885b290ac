import t from 'tap'
import { noCounts, type RunEvent } from '../contract/events.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { formatNames, type FormatName } from '../contract/format-names.js'
import { formats } from './formats.js'
import { modelOf } from './page/app/model.js'
import { encode } from './page/encode.js'

const kernels = ['distro:bookworm', 'distro:bookworm/rt', 'built:/src/linux']
const titles = ['bookworm 6.1.9', 'bookworm/rt 6.1.9', 'built:/src/linux 6.1.9']
const failing = { ring: { 'C1 pops': 'fail' } } as const

/** One release in three columns, as suites and as builds that failed. */
const ofOneRelease = (isBuilt: boolean): RunEvent[] =>
  madeUpRun(Object.fromEntries(kernels.map(kernel => [`${kernel} distro`, failing])))
    .map((event): RunEvent => {
      if (event.type === 'plan')
        return { ...event, jobs: event.jobs.map(job => ({ ...job, release: '6.1.9' })) }
      if (event.type === 'job-end') return { ...event, counts: { ...noCounts, fail: 1 } }
      if (event.type !== 'column') return event
      const { kernel, series, flavour } = event
      const column = { kernel, series, flavour, release: '6.1.9' }
      const problem = { kind: 'assertion', message: 'no' } as const
      if (isBuilt) return { ...event, ...column }
      return { type: 'build-failed', ...column, status: 'fail', problem }
    })
    .filter(event => isBuilt || !('job' in event))
    .concat({
      type: 'run-end',
      at: '',
      durationMs: 1,
      counts: noCounts,
      exitCode: 1,
      interrupted: false,
    })

async function reportOf(format: FormatName, events: readonly RunEvent[]): Promise<string> {
  async function* each(): AsyncGenerator<RunEvent> {
    yield* events
  }
  let report = ''
  const source = { view: viewOf(events), events: each, folder: t.testdirName }
  for await (const chunk of formats[format](source)) report += chunk
  return report
}

for (const format of formatNames.filter(name => name !== 'json' && name !== 'html'))
  void t.test(`${format}: kernels of one release are told apart`, async t => {
    for (const isBuilt of format === 'tap' ? [false] : [true, false]) {
      const report = await reportOf(format, ofOneRelease(isBuilt))
      for (const title of titles) {
        const shown = [title, title.replace(' ', '-'), title.replace(':', '%3A')]
        t.ok(
          shown.some(each => report.includes(each)),
          `${title} in\n${report}`,
        )
      }
      t.notMatch(report, /6\.1\.9 distro/)
    }
  })

void t.test('html: kernels of one release are told apart', t => {
  const { columns } = modelOf(encode(viewOf(ofOneRelease(true)), () => undefined))
  t.strictSame(
    columns.map(({ label }) => label),
    titles,
  )
  t.end()
})
