import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parseRecord } from './parse-record.js'
import type { LogRecord } from '../../contract/log-record.js'
import { FindingReader, type Finding } from '../index.js'

const modules = [{ name: 'ring_test', sources: ['module/ring.c'] }]

const warning = [
  '------------[ cut here ]------------',
  'WARNING: CPU: 0 PID: 7 at module/ring.c:12 ring_push+0x5/0x20 [ring_test]',
  'CPU: 0 PID: 7 Comm: pusher Not tainted 6.1.0 #1',
  'RIP: 0010:ring_push+0x5/0x20 [ring_test]',
  'Call Trace:',
  ' <TASK>',
  ' ring_ioctl+0x10/0x40 [ring_test]',
  ' </TASK>',
  '---[ end trace 0000000000000000 ]---',
]

const records = (
  lines: readonly string[],
  from: Partial<LogRecord> & { readonly sequence?: number } = {},
): LogRecord[] =>
  lines.map((text, index) => ({
    timeUs: 1_000_000 + index,
    level: 4,
    facility: 0,
    caller: 'T7',
    ...from,
    text,
    sequence: (from.sequence ?? 0) + index,
  }))

function read(input: readonly LogRecord[]): Finding[] {
  const reader = new FindingReader(modules)
  return [...input.flatMap(record => reader.push(record)), ...reader.end()]
}

const titles = (findings: readonly Finding[]): string[] => findings.map(({ title }) => title)

void t.test('a report is given once, with its first and last record', t => {
  const [found, ...more] = read(records(['ring: loaded', ...warning, 'ring: unloaded']))
  t.strictSame(more, [])
  t.match(found, {
    kind: 'warning',
    title: 'WARNING in ring_push',
    function: 'ring_push',
    location: { file: 'module/ring.c', line: 12 },
    task: { comm: 'pusher', pid: 7 },
    caller: 'T7',
    firstSequence: 1,
    lastSequence: 9,
    text: warning.join('\n'),
  })
  t.equal(found?.cut, undefined)
  t.strictSame(
    found?.frames.map(frame => [frame.function, frame.exact]),
    [
      ['ring_push', true],
      ['ring_ioctl', false],
    ],
    'the instruction at fault comes first, return addresses after it',
  )
  t.end()
})

void t.test('reports of two callers do not disturb each other', t => {
  const left = records(warning, { caller: 'T7' })
  const right = records(
    warning.map(line => line.replace('ring_push', 'ring_pop')),
    { caller: 'C1' },
  )
  const woven = left
    .flatMap((record, index) => [record, right[index] ?? record])
    .map((record, sequence) => ({ ...record, sequence }))
  const found = read(woven)
  t.strictSame(titles(found), ['WARNING in ring_push', 'WARNING in ring_pop'])
  t.strictSame(
    found.map(({ text }) => text.split('\n').length),
    [9, 9],
  )
  t.end()
})

void t.test('what user space writes to /dev/kmsg is no finding', t => {
  const fake = records(warning, { facility: 1 })
  t.strictSame(read(fake), [])
  const split = records(warning).map((record, index) =>
    index === 3
      ? { ...record, facility: 1, text: 'BUG: KASAN: use-after-free in f+0x1/0x2' }
      : record,
  )
  t.strictSame(titles(read(split)), ['WARNING in ring_push'], 'not in the midst of a report either')
  t.end()
})

void t.test('a driver that speaks of bugs has none', t => {
  const lines = [
    'ring_test: BUG: KASAN: use-after-free in nothing+0x1/0x2',
    'ring_test: WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2',
    'said: Kernel panic - not syncing: no',
    'WARNING ahead',
    'INFO: all is well',
    ' BUG: unable to handle page fault for address: 0',
  ]
  t.strictSame(read(records(lines)), [])
  t.end()
})

void t.test('a report that is cut off is kept and says so', t => {
  const [found] = read(records(warning.slice(0, 4)))
  t.match(found, { title: 'WARNING in ring_push', cut: 'the log ends within the report' })

  const gap = records(warning).map((record, index) =>
    index < 5 ? record : { ...record, sequence: record.sequence + 40 },
  )
  t.equal(read(gap)[0]?.cut, '40 records of the log were lost')

  const silence = records([...warning.slice(0, 4), 'ring: hello']).map((record, index) =>
    index < 4 ? record : { ...record, timeUs: 60_000_000 },
  )
  t.equal(read(silence)[0]?.cut, 'no end of the report was seen')
  t.end()
})

void t.test('a report after the end of a window is read like any other', t => {
  const reader = new FindingReader(modules)
  records(warning).forEach(record => reader.push(record))
  reader.end()
  const later = records(warning, { sequence: 100 }).flatMap(record => reader.push(record))
  t.strictSame(titles([...later, ...reader.end()]), ['WARNING in ring_push'])
  t.end()
})

void t.test('a panic names the oops it comes from; one of its own names none', t => {
  const oops = [
    'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    '#PF: supervisor read access in kernel mode',
    'Oops: 0000 [#1] PREEMPT SMP',
    'RIP: 0010:ring_pop+0x5/0x20 [ring_test]',
    '---[ end trace 0000000000000000 ]---',
    'RIP: 0010:ring_pop+0x5/0x20 [ring_test]',
    'Kernel panic - not syncing: Fatal exception in interrupt',
  ]
  const [first, panic] = read(records(oops))
  t.match(first, { title: 'kernel NULL pointer dereference in ring_pop', lastSequence: 5 })
  t.match(panic, { kind: 'panic', follows: 0 })
  const [alone] = read(records(['Kernel panic - not syncing: ring_test gives up']))
  t.equal(alone?.follows, undefined)
  t.end()
})

void t.test('a newline within a record is read as /dev/kmsg escapes it', t => {
  const found = read(records([warning.slice(0, 4).join('\\x0a'), ...warning.slice(4)]))
  t.strictSame(titles(found), ['WARNING in ring_push'])
  t.end()
})

void t.test('complaints without a WARN() are found', t => {
  const object = [
    'kobject (00000000f1a2b3c4): tried to init an initialized object, something is seriously wrong.',
    ...warning.slice(3),
  ]
  t.match(read(records(object)), [{ kind: 'warning' }])
  t.match(
    read(records(['INFO: rcu_tasks detected stalls on tasks:', '000000004ed1: .N nvcsw: 1/1'])),
    [{ kind: 'rcu-stall' }],
  )
  t.match(read(records(['DMA-API: debugging out of memory - disabling'])), [{ kind: 'dma-api' }])
  t.end()
})

void t.test('what the kernel only quotes begins no report', t => {
  const forged = 'BUG: KASAN: use-after-free in ring_pop+0x1/0x2 [ring_test]'
  const quoted = `tmpfs: Unknown parameter 'x\\x0a${forged}`
  t.strictSame(read(records([quoted])), [])
  t.strictSame(read(records([`tmpfs: x\\x0a------------[ cut here ]------------`, 'more'])), [])
  t.strictSame(read(records(['BUG: y[61]: segfault at 0 ip 0000000000401136 sp 00007ffd'])), [])
  t.strictSame(read(records(['BUG: y (61): drop_caches: 3'])), [])
  t.equal(read(records([forged])).length, 1, 'said by the kernel itself it does')
  t.end()
})

void t.test('without callers in the log, one report follows another', t => {
  const found = read(records([...warning, ...warning], { caller: '' }))
  t.strictSame(titles(found), ['WARNING in ring_push', 'WARNING in ring_push'])
  t.end()
})

void t.test('the headlines since 6.19 are read too', t => {
  const lines = [
    '------------[ cut here ]------------',
    'WARNING: [ring->full] module/ring.c:12 at ring_push+0x5/0x20 [ring_test], CPU#1: pusher/7',
    'refcount_t: underflow; use-after-free.',
    'Modules linked in: ring_test(O)',
    ...warning.slice(3),
  ]
  const [found] = read(records(lines))
  t.match(found, {
    kind: 'refcount',
    title: 'refcount: underflow; use-after-free in ring_push',
    location: { file: 'module/ring.c', line: 12 },
  })
  t.end()
})

void t.test('titles do not change from run to run', async t => {
  const text = await readFile(new URL('testdata/debug-6.1/uaf.kmsg', import.meta.url), 'utf8')
  const original = text.split('\n').flatMap(line => parseRecord(line) ?? [])
  const other = original.map(record => ({
    ...record,
    text: record.text
      .replaceAll(/\b(ff1|ffa|0000)[0-9a-f]{13}\b/g, 'ff11000012345678')
      .replaceAll(/task (\w+)\/\d+/g, 'task $1/999'),
  }))
  t.not(other.map(({ text }) => text).join(), original.map(({ text }) => text).join())
  t.strictSame(titles(read(other)), titles(read(original)))
})

void t.test('a report of the same kind is not taken for the end of the one before', t => {
  const stall = [
    'rcu: INFO: rcu_sched self-detected stall on CPU',
    'rcu: \\x091-....: (874 ticks this GP) softirq=84/84 fqs=496',
    'CPU: 1 PID: 47 Comm: pusher Not tainted 6.1.0 #1',
    'RIP: 0010:ring_push+0x5/0x20 [ring_test]',
    'Call Trace:',
    ' <TASK>',
    ' ring_ioctl+0x10/0x40 [ring_test]',
    ' </TASK>',
    'rcu: rcu_sched kthread starved for 100 jiffies!',
  ]
  const found = read(records([...stall, ...stall]))
  t.strictSame(
    found.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence]),
    [
      [0, 8],
      [9, 17],
    ],
  )
  t.end()
})

void t.test('what an interrupt came upon is not meant, unless by a watchdog', t => {
  const below = [
    ' <IRQ>',
    ' run_timer_softirq+0x14/0x28',
    ' handle_softirqs+0xb5/0x1ad',
    ' common_interrupt+0x6b/0x83',
    ' </IRQ>',
    ' <TASK>',
    ' asm_common_interrupt+0x22/0x40',
    ' do_getdents+0xa1/0xb1',
    ' </TASK>',
    '---[ end trace 0000000000000000 ]---',
  ]
  const oops = [
    'BUG: unable to handle page fault for address: ffffffffa0003010',
    'Oops: 0002 [#1] PREEMPT',
    'CPU: 0 PID: 46 Comm: find Tainted: G           O       6.1.0 #1',
    'RIP: 0010:__run_timers+0xdc/0x17b',
    'Call Trace:',
    ...below,
  ]
  t.strictSame(titles(read(records(oops))), ['unable to handle page fault in __run_timers'])
  const lockup = [
    'watchdog: BUG: soft lockup - CPU#0 stuck for 23s! [find:46]',
    'CPU: 0 PID: 46 Comm: find Tainted: G           O       6.1.0 #1',
    'RIP: 0010:native_pause+0x2/0x10',
    'Call Trace:',
    ...below.slice(0, -1),
  ]
  t.strictSame(titles(read(records(lockup))), ['soft lockup in do_getdents'])
  t.end()
})

void t.test('what a driver says at info or debug level is no report', t => {
  const words = ['BUG: queue is full', 'INFO: task x:1 blocked for more than 9', 'Oops: no device']
  for (const level of [6, 7]) t.strictSame(read(records(words, { level })), [])
  for (const level of [3, 4, 5]) t.equal(read(records(words, { level })).length, 3)
  const counted = 'kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
  t.match(read(records([counted], { level: 6 })), [{ kind: 'kmemleak' }], 'the kernel says it so')
  const died = ['Oops: general protection fault: 0000 [#1] SMP', '---[ end trace 0 ]---']
  t.match(read(records(died, { level: 7 })), [{ kind: 'gpf' }], 'its level is configured')
  // Since 7.0 the kernel cuts at info level, and warns as before.
  const [cut = '', ...rest] = warning
  const report = [...records([cut], { level: 6 }), ...records(rest, { sequence: 1 })]
  t.strictSame(titles(read(report)), ['WARNING in ring_push'])
  t.end()
})
