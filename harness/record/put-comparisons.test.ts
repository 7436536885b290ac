import t from 'tap'
import { noCounts, type RunEvent } from '../contract/events.js'
import { madeUpRun } from './made-up-run.fixture.js'
import { putComparisons } from './put-comparisons.js'
import { readEvents } from './read.js'
import type { Comparison } from './view.js'

const end: RunEvent = {
  type: 'run-end',
  at: '2026-01-02T03:04:06.000Z',
  durationMs: 1,
  counts: noCounts,
  exitCode: 0,
  interrupted: false,
}
const comparison = (run: string | undefined, unchanged: number): Comparison => ({
  type: 'comparison',
  against: run === undefined ? 'last' : 'baseline',
  ...(run === undefined ? {} : { run }),
  changes: [],
  unchanged,
  fresh: 0,
  past: [],
})

/** The events after the tests of a record that was compared. */
async function endAfter(folder: string, events: readonly RunEvent[], put: readonly Comparison[]) {
  await putComparisons(folder, put)
  const now = await readEvents(folder)
  const begun = madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } })
  t.strictSame(now.slice(0, begun.length), events.slice(0, begun.length), 'the rest is as it was')
  return now
    .slice(begun.length)
    .map(event => (event.type === 'comparison' ? event.unchanged : event.type))
}

const record = (...more: readonly RunEvent[]) => {
  const events = [...madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } }), ...more]
  return { events, text: events.map(event => `${JSON.stringify(event)}\n`).join('') }
}

t.test('a comparison stands before the end, in place of an older one of the same', async t => {
  const { events, text } = record(comparison(undefined, 1), comparison('a', 2), end)
  const folder = t.testdir({ 'events.jsonl': text })
  t.strictSame(await endAfter(folder, events, [comparison(undefined, 3), comparison('b', 4)]), [
    2,
    3,
    4,
    'run-end',
  ])
})

t.test('a run that went on is compared at its last end', async t => {
  const resume: RunEvent = {
    type: 'run-resume',
    at: end.at,
    host: { qemu: '', accelerator: '', node: '', system: '', cores: 1 },
  }
  const { events, text } = record(end, resume, end)
  const folder = t.testdir({ 'events.jsonl': text })
  t.strictSame(await endAfter(folder, events, [comparison(undefined, 1)]), [
    'run-end',
    'run-resume',
    1,
    'run-end',
  ])
})
