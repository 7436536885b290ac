import t from 'tap'
import { collapse } from './collapse.js'
import { findingAt } from './finding.fixture.js'
import type { Finding } from './finding.js'

const corruption = (sequence: number, more: Partial<Finding> = {}): Finding => ({
  ...findingAt(sequence),
  kind: 'list-corruption',
  title: 'list_del corruption in ring_pop',
  function: 'ring_pop',
  text: `list_del corruption. prev->next is ${sequence}`,
  ...more,
})

void t.test('a finding that came a hundred times is one, the first, with its count', t => {
  const found = collapse(Array.from({ length: 100 }, (_, at) => corruption(at)))
  t.equal(found.length, 1)
  t.match(found, [{ count: 100, firstSequence: 0, text: /is 0$/ }])
  t.match(
    collapse([...found, corruption(100)]),
    [{ count: 101 }],
    'also of what was counted before',
  )
  t.end()
})

void t.test('another place, title, kind or task is another finding', t => {
  const frame = (offset: number): Finding['frames'][number] => ({
    ...{ function: 'ring_pop', size: 64, module: 'ring', inline: false, unreliable: false },
    ...{ offset, exact: true, location: undefined },
  })
  const others = [
    corruption(0),
    corruption(1, { title: 'list_add corruption in ring_pop' }),
    corruption(2, { kind: 'warning' }),
    corruption(3, { location: { file: 'module/ring.c', line: 3 } }),
    corruption(4, { frames: [frame(4)] }),
    corruption(5, { frames: [frame(8)] }),
    corruption(6, { task: { comm: 'kworker/0:1', pid: 9 } }),
  ]
  t.strictSame(collapse(others), others)
  t.end()
})

void t.test('a loop that a watchdog finds now here, now there is one', t => {
  const stall = (sequence: number, line: number): Finding =>
    corruption(sequence, { kind: 'rcu-stall', location: { file: 'module/ring.c', line } })
  t.match(collapse([stall(0, 3), stall(1, 4)]), [{ count: 2, location: { line: 3 } }])
  t.end()
})
