import t from 'tap'
import { byCause, withoutConsequences } from './by-cause.js'
import { findingAt } from './finding.fixture.js'
import type { Finding, Frame } from './finding.js'

const location = { file: 'module/ring.c', line: 3 }
const titles = (findings: readonly Finding[]): string[] => findings.map(({ title }) => title)

t.test('a memory error at a line of a module leads, and what has no line is last', async t => {
  const alias: Finding = { ...findingAt(1), kind: 'kmemleak', title: 'by alias' }
  const locks: Finding = { ...findingAt(2), kind: 'lockdep', title: 'circular', location }
  const kasan: Finding = { ...findingAt(3), kind: 'kasan', title: 'invalid-free', location }
  t.strictSame(titles(byCause([alias, locks, kasan])), ['invalid-free', 'circular', 'by alias'])
  const elsewhere = { ...kasan, location: undefined }
  t.strictSame(titles(byCause([locks, elsewhere])), ['circular', 'invalid-free'])
  const oops: Finding = { ...findingAt(1), kind: 'oops', title: 'oops', fatality: 'task' }
  t.strictSame(titles(byCause([oops, locks])), ['oops', 'circular'], 'else the first leads')
})

t.test('a panic that ends an oops is part of its report', async t => {
  const oops: Finding = { ...findingAt(1), kind: 'oops', text: 'BUG: page fault' }
  const panic: Finding = { ...findingAt(2, 1), kind: 'panic', text: 'Kernel panic: Fatal' }
  t.match(withoutConsequences([oops, panic]), [{ text: 'BUG: page fault\nKernel panic: Fatal' }])
  t.equal(withoutConsequences([oops, panic]).length, 1)
  t.equal(withoutConsequences([panic]).length, 1, 'its cause was reported before')
  const warned = findingAt(2, 1)
  t.equal(withoutConsequences([oops, warned]).length, 2, 'a warning may have a bug of its own')
})

t.test(
  'a bad count is reported for the module’s function, not for the wrapper as well',
  async t => {
    const frame: Frame = {
      ...{ function: 'size_show', offset: 0, size: 9, module: 'ring' },
      ...{ inline: false, unreliable: false, exact: false, location: undefined },
    }
    const own: Finding = { ...findingAt(1), kind: 'sysfs', title: 'size_show', frames: [frame] }
    const wrapper = { ...frame, function: 'dev_attr_show', module: undefined }
    const kernel: Finding = { ...own, ...{ firstSequence: 2, follows: 1, frames: [wrapper] } }
    t.strictSame(titles(withoutConsequences([own, kernel])), ['size_show'])
    const other: Finding = { ...own, ...{ firstSequence: 2, follows: 1, title: 'name_show' } }
    t.strictSame(titles(withoutConsequences([own, other])), ['size_show', 'name_show'])
  },
)
