import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { SCHEMA } from '../contract/events.js'
import { readEvents } from './read.js'
import { madeUpRun } from './made-up-run.fixture.js'

void t.test('a record of schema 3, which expected no failure, is read as one of now', async t => {
  const counts = { pass: 1, fail: 0, skip: 0, error: 0, miss: 0, flaky: 0 }
  const lines = madeUpRun({ '6.1 plain': { ring: { it: 'pass' } } }).map(event => {
    if (event.type === 'run-start') return { ...event, schema: 3 }
    return event.type === 'job-end' ? { ...event, counts } : event
  })
  const folder = t.testdir()
  const text = lines.map(line => `${JSON.stringify(line)}\n`).join('')
  await writeFile(join(folder, 'events.jsonl'), text)
  t.match((await readEvents(folder)).at(-1), { type: 'job-end', counts: { ...counts, xfail: 0 } })
})

void t.test('a record of schema 2 is read as one of now', async t => {
  const finding = {
    kind: 'kasan',
    title: 'use-after-free',
    trace: ['ring_read+0x1f/0x40 [ring] module/ring.c:42'],
    text: '',
  }
  const problems = [{ message: 'not equal', at: 'suites/ring.suite.ts:12' }, { message: 'worse' }]
  const lines = madeUpRun({ '6.1 plain': { ring: { it: 'fail' } } }).map(event => {
    if (event.type === 'run-start') return { ...event, schema: 2 }
    if (event.type !== 'test-end') return event
    const flaky = { status: 'fail', problems, findings: [finding] }
    return { ...event, reason: 'not run: it hung', problems, findings: [finding], flaky }
  })
  const folder = t.testdir()
  const text = lines.map(line => `${JSON.stringify(line)}\n`).join('')
  await writeFile(join(folder, 'events.jsonl'), text)
  const events = await readEvents(folder)
  t.match(events[0], { type: 'run-start', schema: SCHEMA })
  const now = {
    problems: [
      { kind: 'unknown', message: 'not equal', at: { file: 'suites/ring.suite.ts', line: 12 } },
      { kind: 'unknown', message: 'worse' },
    ],
    findings: [{ trace: [{ note: 'ring_read+0x1f/0x40 [ring] module/ring.c:42' }] }],
  }
  const end = events.find(({ type }) => type === 'test-end')
  t.match(end, { reason: 'it hung', ...now, flaky: now })
})
