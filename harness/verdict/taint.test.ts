import t from 'tap'
import { newTaints, taintBits } from './taint.js'

const letters = (mask: number): string =>
  taintBits(mask)
    .map(({ letter }) => letter)
    .join('')

void t.test('bits are named as the kernel documents them', t => {
  t.equal(letters(0), '')
  t.equal(letters(4736), 'DWO', 'what a guest said after a WARN and a BUG in an external module')
  t.equal(letters(0xfffff), 'PFSRMBUDAWCIOELKXTNJ')
  t.match(taintBits(2 ** 31), [{ bit: 31, letter: '?' }])
  t.end()
})

void t.test('loading the module is no new taint; what it does is', t => {
  t.strictSame(newTaints(0, 2 ** 12 + 2 ** 13), [])
  t.match(newTaints(2 ** 12, 4736), [{ letter: 'D' }, { letter: 'W' }])
  t.strictSame(newTaints(4736, 4736), [], 'an old one is not new')
  t.end()
})
