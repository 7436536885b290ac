import { join } from 'node:path'
import t from 'tap'
import { longestFirst, pastDurations } from './past-durations.js'

const lines = [
  {
    type: 'plan',
    jobs: [
      { id: '6.1.1-plain/a', suite: 'a', flavour: 'plain' },
      { id: '6.1.1-debug/a', suite: 'a', flavour: 'debug' },
    ],
  },
  { type: 'job-end', job: '6.1.1-debug/a', durationMs: 700 },
].map(event => JSON.stringify(event))

void t.test('the newest record tells how long a job takes, also one that was cut off', async t => {
  const folder = t.testdir({ 'events.jsonl': `${lines.join('\n')}\n{"type":"job-e` })
  const lasted = await pastDurations(join(folder, 'events.jsonl'))
  t.equal(lasted('a', 'debug'), 700)
  t.equal(lasted('a', 'plain'), undefined)
  t.equal((await pastDurations(join(folder, 'none')))('a', 'debug'), undefined)
})

void t.test('the longest comes first, after what is not known', t => {
  const lasted: Readonly<Record<string, number>> = { short: 1, long: 9 }
  t.same(
    longestFirst(['short', 'new', 'long', 'other'], name => lasted[name]),
    ['new', 'other', 'long', 'short'],
  )
  t.end()
})
