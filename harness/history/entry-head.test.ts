import t from 'tap'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { entriesOf } from './entry.js'
import { headOf } from './entry-head.js'

const line = (suite: string, own: object = {}): string => {
  const view = viewOf(madeUpRun({ '6.1 plain': { [suite]: { it: 'pass' } } }, { run: 'one' }))
  const entry = entriesOf(view).find(each => each.suite === suite)
  return JSON.stringify({ ...entry, ...own })
}

t.test('the head of a line is that of its entry, whatever its names hold', t => {
  for (const suite of ['mmap', 'a"suite":"b', 'a\\', '\u2028', '{"v":2']) {
    const head = headOf(line(suite))
    t.match(head, { run: 'one', at: /^\d{4}-/ }, suite)
    t.not(head?.job, headOf(line('other'))?.job)
    t.not(head?.job, headOf(line(suite, { v: 1 }))?.job, 'of another version')
    t.equal(head?.job, headOf(line(suite, { run: 'two', at: 'later', ends: {} }))?.job)
  }
  t.end()
})

t.test('what is no such line has no head', t => {
  for (const text of ['null', '{"v":2}', 'half {', '{"v":2,"run":"a","at":"b'])
    t.equal(headOf(text), undefined, text)
  t.end()
})
