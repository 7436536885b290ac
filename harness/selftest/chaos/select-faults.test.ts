import t from 'tap'
import { faults } from './faults/index.js'
import type { Fault } from './fault.js'
import { selectFaults } from './select-faults.js'

const fault = (row: number, name: string, fast = false): Fault => ({
  row,
  name,
  fault: name,
  expected: '',
  fast,
  make: () => Promise.resolve(),
})
const some = [fault(2, 'panic', true), fault(2, 'off'), fault(13, 'interrupted', true)]
const names = (wanted: string[], onlyFast = false) =>
  selectFaults(some, wanted, onlyFast).map(({ name }) => name)

t.test('all, the fast ones, by name and by row', async t => {
  t.strictSame(names([]), ['panic', 'off', 'interrupted'])
  t.strictSame(names([], true), ['panic', 'interrupted'])
  t.strictSame(names(['2']), ['panic', 'off'])
  t.strictSame(names(['interrupted', 'off']), ['off', 'interrupted'])
  t.strictSame(names(['2'], true), ['panic'])
})

t.test('an unknown one is refused, and the known are listed', async t => {
  t.throws(() => names(['panik']), { code: 'UNKNOWN_FAULT', remedy: /2 panic, 2 off, 13 int/ })
  t.throws(() => names(['1']), { code: 'UNKNOWN_FAULT' })
})

t.test('the faults have names of their own, and stand by row', async t => {
  const all = faults.map(({ name }) => name)
  t.equal(new Set(all).size, all.length)
  const rows = faults.map(({ row }) => row)
  t.strictSame(
    rows,
    [...rows].sort((a, b) => a - b),
  )
})
