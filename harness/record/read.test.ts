import { appendFile, truncate, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SCHEMA, type RunEvent } from '../contract/events.js'
import { madeUpRun } from './made-up-run.fixture.js'
import { findRecord, readEvents } from './read.js'
import { RunRecord } from './record.js'

const events = madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } })

/** Writes the record of a made-up run. */
function recorded(t: Test, folder = t.testdir()) {
  const record = RunRecord.create(folder, new Date('2026-01-02T03:04:05Z'))
  for (const event of events) record.append(event)
  return { record, folder, file: join(record.folder, 'events.jsonl') }
}

t.test('a record reads back as it was written', async t => {
  const { record } = recorded(t)
  t.strictSame(await readEvents(record.folder), events)
})

t.test('a record is found by its folder, its name, a part of that, and as the latest', async t => {
  const { record, folder } = recorded(t)
  for (const name of [record.folder, record.run, '20260102T', record.run.slice(-6), 'latest'])
    t.equal(await findRecord(name, folder), record.folder, name)
})

t.test('a name that means none, or several, says so', async t => {
  const { folder } = recorded(t)
  recorded(t, folder)
  await t.rejects(findRecord('20260102T', folder), {
    code: 'UNKNOWN_RUN',
    message: /may mean 20260102T\S+, 20260102T/,
  })
  await t.rejects(findRecord('nothing', folder), { code: 'UNKNOWN_RUN', remedy: /latest, 2026/ })
})

t.test('a folder without a record and an unknown name are different errors', async t => {
  const { folder } = recorded(t)
  await t.rejects(findRecord(folder, folder), {
    code: 'UNKNOWN_RUN',
    message: /holds no events\.jsonl/,
  })
  await t.rejects(findRecord('nothing', folder), { message: /There is no record of a run/ })
})

t.test('a last line that was cut off is left out, also when the run went on', async t => {
  const { record, file } = recorded(t)
  await truncate(file, (await stat(file)).size - 5)
  t.equal((await readEvents(record.folder)).length, events.length - 1)
  const again = RunRecord.reopen(record.folder, events)
  const host = { qemu: '', accelerator: 'tcg', node: '', system: '', cores: 1 }
  again.append({ type: 'run-resume', at: '', host })
  t.equal((await readEvents(record.folder)).length, events.length)
})

t.test('a line within that is no event is damage', async t => {
  const { record, file } = recorded(t)
  await appendFile(file, 'null\n{"type":"note","job":"j","text":""}\n')
  await t.rejects(readEvents(record.folder), {
    code: 'RECORD_DAMAGED',
    message: /jsonl:\d+ has no type/,
  })
})

t.test(
  'an event that lacks what readers rely on is damage, and not a test without a verdict',
  async t => {
    const { record, file } = recorded(t)
    await appendFile(file, '{"type":"test-end","job":"j","test":"t"}\n')
    record.append({ type: 'note', job: 'j', text: '' })
    await t.rejects(readEvents(record.folder), {
      code: 'RECORD_DAMAGED',
      message:
        /jsonl:\d+ is no test-end: status is missing: it should be "pass" or .*; findings is missing: it should be a list$/,
    })
  },
)

t.test('a record of another schema is not guessed at', async t => {
  const { record, file } = recorded(t)
  for (const [schema, code] of [
    [SCHEMA + 1, 'RECORD_TOO_NEW'],
    [1, 'RECORD_TOO_OLD'],
  ] as const) {
    const start = { ...(events[0] as Extract<RunEvent, { type: 'run-start' }>), schema }
    await writeFile(file, `${JSON.stringify(start)}\n`)
    await t.rejects(readEvents(record.folder), { code, remedy: /^Read it with / })
  }
})

t.test('whatever a text holds, its line is one line', async t => {
  const { record } = recorded(t)
  const note: RunEvent = { type: 'note', job: 'j', text: 'a\u2028b\rc\u0085d\u2029' }
  record.append(note)
  t.strictSame((await readEvents(record.folder)).at(-1), note)
})

t.test('a record that is empty is damaged', async t => {
  const { record, file } = recorded(t)
  await writeFile(file, '')
  await t.rejects(readEvents(record.folder), { code: 'RECORD_DAMAGED', remedy: /again/ })
})
