import t from 'tap'
import { traceText } from '../platform/text/source-text.js'
import type { LogRecord } from '../contract/log-record.js'
import { collapse, MOST_TEXTS } from './collapse.js'
import { FindingReader } from './reader/finding-reader.js'
import { findingAt } from './finding.fixture.js'
import type { Finding } from './finding.js'
import { reportOf } from './format.js'

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

void t.test(
  'a stall that is reported again elsewhere in its loop is one, of the next one not',
  t => {
    const stall = (sequence: number, place: string, period: string): Finding =>
      corruption(sequence, {
        kind: 'rcu-stall',
        title: `RCU stall in ${place}`,
        function: place,
        text: `rcu: INFO: rcu_sched self-detected stall on CPU\n\t(t=1000 jiffies ${period} q=75 ncpus=2)`,
      })
    const again = [stall(0, 'ring_push', 'g=-1039'), stall(1, 'ring_pop', 'g=-1039')]
    const found = collapse([
      ...again,
      stall(2, 'ring_pop', 'g=-1035'),
      stall(3, 'ring_push', 'g=9'),
    ])
    t.match(found, [
      { title: 'RCU stall in ring_push', count: 3 },
      { title: 'RCU stall in ring_pop', count: 1 },
    ])
    t.equal(found.length, 2)
    t.match(collapse([stall(0, 'ring_push', 'g=-715,'), stall(1, 'ring_pop', 'g=-715,')]), [
      { count: 2 },
    ])
    t.end()
  },
)

/** The findings in a log of these lines, each a record of a separate task. */
function findingsIn(texts: readonly string[]): Finding[] {
  const reader = new FindingReader()
  const records = texts.map((text, sequence): LogRecord => {
    const caller = `T${60 + (sequence % 9)}`
    return { sequence, timeUs: sequence * 1000, level: 3, facility: 0, caller, text }
  })
  return [...records.flatMap(record => reader.push(record)), ...reader.end()]
}

const traceOf = (finding: Finding | undefined): readonly string[] =>
  finding === undefined ? [] : reportOf({ finding, allowed: undefined }).trace.map(traceText)

void t.test('texts that differ in a number are one finding, which says how many there were', t => {
  const found = collapse(findingsIn(Array.from({ length: 40 }, (_, at) => `BUG: thing ${at}`)))
  t.equal(found.length, 1)
  t.match(found[0], { title: 'BUG: thing N', count: 40 })
  t.match(traceOf(found[0])[0], /^40 different texts: "BUG: thing 0", "BUG: thing \d+", .*, …$/)
  const again = collapse([...found, ...findingsIn(['BUG: thing 3', 'BUG: thing 99'])])
  t.match(again, [{ count: 42 }])
  t.match(traceOf(again[0])[0], /^41 different texts: /, 'what was counted before is known')
  t.end()
})

void t.test('the same text is one finding, whoever printed it', t => {
  const found = collapse(findingsIn(Array.from({ length: 40 }, () => 'BUG: the ring is lost')))
  t.match(found, [{ title: 'BUG: the ring is lost', count: 40 }])
  t.equal(found[0]?.texts, undefined)
  t.end()
})

void t.test('other words are another finding, also of a warning at the same line', t => {
  t.equal(collapse(findingsIn(['BUG: the ring', 'BUG: the list'])).length, 2)
  const warns = (message: string): Finding => ({
    ...findingAt(0),
    title: 'WARNING in ring_check',
    text: `------------[ cut here ]------------\n${message}\nWARNING: CPU: 0 PID: 61 at ring.c:7 ring_check`,
  })
  const said = ['head is gone', 'tail is gone', 'item 7 of ffff888003a4f000', 'item 9 of 0xff']
  const found = collapse(said.map(warns))
  t.strictSame(
    found.map(({ count }) => count),
    [1, 1, 2],
  )
  t.equal(traceOf(found[2])[0], '2 different texts: "item 7 of ffff888003a4f000", "item 9 of 0xff"')
  t.end()
})

void t.test('texts without end fill no memory, and that there are more is said', t => {
  const texts = Array.from({ length: 3 * MOST_TEXTS }, (_, at) => `BUG: thing ${at}`)
  const [finding] = collapse(findingsIn(texts))
  t.equal(finding?.count, 3 * MOST_TEXTS)
  t.equal(finding?.texts?.size, MOST_TEXTS)
  t.match(traceOf(finding)[0], /^at least 1000 different texts: /)
  t.end()
})
