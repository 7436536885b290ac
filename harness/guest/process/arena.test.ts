import t from 'tap'
import { Arena } from './arena.js'

void t.test('allocations do not overlap, and freed memory is reused', t => {
  const arena = new Arena(0x1000n, 64)
  t.equal(arena.take(1), 0x1000n)
  t.equal(arena.take(17), 0x1010n)
  t.equal(arena.take(16), 0x1030n)
  t.throws(() => arena.take(1), RangeError)
  arena.give(0x1010n, 17)
  arena.give(0x1000n, 1)
  t.equal(arena.take(48), 0x1000n, 'neighbours are one again')
  t.end()
})

void t.test('a copy allocates independently', t => {
  const arena = new Arena(0n, 32)
  arena.take(16)
  const copy = arena.clone()
  t.equal(copy.take(16), 16n)
  t.equal(arena.take(16), 16n)
  t.end()
})
