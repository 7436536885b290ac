import { join } from 'node:path'
import t from 'tap'
import type { RunEvent } from '../contract/events.js'
import { mergeRecords } from '../record/merge.js'
import { readEvents } from '../record/read.js'
import { readClosed } from '../record/closed-record.js'
import { syntheticRun, writeRecord } from '../record/synthetic.fixture.js'
import { viewOf } from '../record/view.js'
import { formatNames, type FormatName } from '../contract/format-names.js'
import { formats } from './formats.js'

const kernels = [1, 2, 3]
const size = { suites: 2, tests: 40 }

async function* each(events: Iterable<RunEvent>): AsyncGenerator<RunEvent> {
  yield* events
}

async function* recorded(folder: string): AsyncGenerator<RunEvent> {
  for await (const { event } of (await readClosed(folder)).events())
    yield event.type === 'run-start' ? { ...event, folder: '/synthetic' } : event
}

async function report(format: FormatName, events: () => AsyncIterable<RunEvent>): Promise<string> {
  const all: RunEvent[] = []
  for await (const event of events()) all.push(event)
  const source = { view: viewOf(all), events, folder: '/synthetic' }
  let text = ''
  for await (const chunk of formats[format](source)) text += chunk
  return text
}

t.test('every report of merged shards is the report of the run, live', async t => {
  const root = t.testdir()
  const shards: string[] = []
  for (const kernel of kernels) {
    const events = syntheticRun({ kernels: [kernel], ...size })
    shards.push(await writeRecord(join(root, `shard-${kernel}`), events))
  }
  const folder = join(root, 'merged')
  await mergeRecords(shards, { run: 'synthetic-1-2-3', folder, argv: ['run'] })
  t.ok((await readEvents(folder)).length > kernels.length * size.suites * size.tests)
  for (const format of formatNames) {
    const live = await report(format, () => each(syntheticRun({ kernels, ...size })))
    t.match(live, /6\.2\.9/, format)
    t.equal(await report(format, () => recorded(folder)), live, format)
  }
})
