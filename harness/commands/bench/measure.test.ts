import t from 'tap'
import { sideBySide, summarize } from './measure.js'

const readings = (...values: number[]) => ({ row: 'a', unit: 'ms', values }) as const

void t.test('the median is the middle reading, or lies between the two middle ones', t => {
  t.same(summarize(readings(9, 1, 4)), { median: 4, lowest: 1, highest: 9 })
  t.same(summarize(readings(9, 1, 4, 6)), { median: 5, lowest: 1, highest: 9 })
  t.same(summarize(readings(3)), { median: 3, lowest: 3, highest: 3 })
  t.throws(() => summarize(readings()), RangeError)
  t.end()
})

void t.test('rows are read in turn, round after round', async t => {
  const order: string[] = []
  const row = (name: string) => ({
    row: name,
    read: async () => {
      order.push(name)
      return order.length
    },
  })
  const [a, b] = await sideBySide([row('a'), row('b')], 2)
  t.same(order, ['a', 'b', 'a', 'b'])
  t.same([a?.values, b?.values], [[1, 3], [2, 4]]) // prettier-ignore
})
