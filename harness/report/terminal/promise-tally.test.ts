import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import type { JobRef, Status } from '../../contract/events.js'
import { PromiseTally } from './promise-tally.js'

const job: JobRef = {
  id: 'x',
  kernel: '6.1',
  series: '6.1',
  release: '6.1.9',
  flavour: 'plain',
  suite: 'a',
}

function tallied(results: readonly (readonly [string, Status])[]): string {
  const tally = new PromiseTally()
  for (const [test, status] of results) {
    const rest = { attempt: 1, durationMs: 1, problems: [], findings: [] }
    tally.take({ type: 'test-end', job: 'x', test, status, ...rest }, job)
  }
  return stripVTControlCharacters(tally.lines())
}

void t.test('a promise is proved when all that ran of it passed', t => {
  const text = tallied([
    ['C2 is kept', 'pass'],
    ['C2 in another way', 'skip'],
    ['C10, C11 two at once', 'pass'],
    ['C11 but not so', 'fail'],
    ['C13 needs debug', 'skip'],
    ['S1 lost', 'miss'],
    ['of no promise', 'fail'],
  ])
  t.equal(text, 'promises on 6.1.9 plain: 2 of 4 C and 0 of 1 S proved, not C11 S1, skipped C13\n')
  t.end()
})

void t.test('nothing is said where no test names a promise', t => {
  t.equal(tallied([['it works', 'pass']]), '')
  t.end()
})
