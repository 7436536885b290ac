import t from 'tap'
import { defined, pick } from './pick.js'

t.test('what is picked has no other fields, and none that are undefined', async t => {
  const from = { a: 1, b: undefined, c: null, d: 'd' }
  t.strictSame(pick(from, 'a', 'b', 'c'), { a: 1, c: null })
  t.notOk('b' in pick(from, 'b'))
  t.strictSame(Object.keys(pick(from, 'd', 'a')), ['d', 'a'], 'in the order asked for')
})

t.test('what is defined stays: false, null and nothing too', async t => {
  t.strictSame(defined({ a: false, b: undefined, c: null, d: '' }), { a: false, c: null, d: '' })
})
