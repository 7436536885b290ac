import t from 'tap'
import { aligned } from './aligned.js'

t.test('columns are aligned at the right, but those named', async t => {
  const rows = [
    ['name', 'ms', 'why'],
    ['a', '1200', ''],
  ]
  t.strictSame(aligned(rows, [0, 2]), ['name    ms  why', 'a     1200'])
  t.strictSame(aligned([], [0]), [])
})
