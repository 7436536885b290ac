import t from 'tap'
import { findingAt } from '../verdict/finding.fixture.js'
import type { Finding } from '../verdict/index.js'
import { HeldFindings } from './held-findings.js'

const finding = (kind: Finding['kind'], firstSequence: number): Finding => ({
  ...findingAt(firstSequence),
  kind,
  title: `finding ${firstSequence}`,
  text: 'its report',
})

t.test(
  'a module that warns in a loop fills no memory, and hides nothing of another kind',
  async t => {
    const held = new HeldFindings()
    for (let at = 0; at < 250; at += 1) held.add([finding('warning', at)])
    held.add([finding('kasan', 250)])
    const taken = held.take()
    t.equal(taken.length, 101)
    t.match(taken[99], {
      kind: 'warning',
      firstSequence: 99,
      text: /\n.*150 more of the kind warning/,
    })
    t.match(taken[98], { text: 'its report' })
    t.match(taken[100], { kind: 'kasan', text: 'its report' })
  },
)

t.test('what comes again is counted, also when no more are held', async t => {
  const held = new HeldFindings()
  const again = { ...finding('warning', 7), title: 'again' }
  for (let at = 0; at < 1000; at += 1) held.add([again])
  t.match(held.take(), [{ title: 'again', count: 1000, text: 'its report' }])
  held.add([again])
  for (let at = 0; at < 100; at += 1) held.add([finding('warning', at)])
  held.add([again])
  const taken = held.take()
  t.equal(taken.length, 100)
  t.match(taken[0], { title: 'again', count: 2 })
  t.match(taken[99], { text: /\n.* 1 more of the kind warning/ })
})

t.test('what was taken is not told again', async t => {
  const held = new HeldFindings()
  held.add([finding('warning', 0), finding('warning', 1)])
  t.equal(held.take().length, 2)
  t.strictSame(held.take(), [])
  held.add([finding('warning', 2)])
  t.match(held.take(), [{ firstSequence: 2 }])
})
