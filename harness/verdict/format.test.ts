import t from 'tap'
import { traceText } from '../platform/text/source-text.js'
import { FindingReader, reportOf, type Finding } from './index.js'

function finding(...lines: readonly string[]): Finding {
  const reader = new FindingReader([{ name: 'ring_test', sources: ['module/ring.c'] }])
  const complete = lines.flatMap((text, sequence) =>
    reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text }),
  )
  const [found] = [...complete, ...reader.end()]
  if (found === undefined) throw new Error('the reader found nothing')
  return found
}

const headline = 'WARNING: CPU: 0 PID: 7 at module/ring.c:12 ring_push+0x5/0x20 [ring_test]'
const warning = [
  headline,
  'CPU: 0 PID: 7 Comm: push Not tainted 6.1.0 #1',
  'RIP: 0010:ring_push+0x5/0x20 [ring_test]',
  'Call Trace:',
  ' ? leftover+0x1/0x2',
  ' ring_ioctl+0x10/0x40 [ring_test]',
  '---[ end trace 0000000000000000 ]---',
]

const traceOf = (found: Finding): readonly string[] =>
  reportOf({ finding: found, allowed: undefined }).trace.map(traceText)

void t.test('a report is plain data with the whole text', t => {
  const report = reportOf({ finding: finding(...warning), allowed: undefined })
  t.strictSame(JSON.parse(JSON.stringify(report)), report)
  t.match(report, {
    kind: 'warning',
    location: { file: 'module/ring.c', line: 12 },
    trace: [
      { function: 'ring_push', offset: 0x5, size: 0x20, module: 'ring_test' },
      { function: 'ring_ioctl', offset: 0x10, size: 0x40, module: 'ring_test' },
    ],
    records: { first: Number, last: Number },
  })
  t.match(report.text, headline)
  t.notOk('count' in report, 'it came once')
  const often = { ...finding(...warning), count: 100 }
  t.match(reportOf({ finding: often, allowed: 'known since 6.12' }), {
    count: 100,
    allowed: 'known since 6.12',
  })
  t.end()
})

/** A use-after-free with this many frames per stack. */
const freed = (fault: number, allocated: number, freedBy: number): string[] => {
  const frames = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => ` ${name}_${at}+0x1/0x2`)
  return [
    'BUG: KASAN: use-after-free in ring_pop+0x1/0x2 [ring_test]',
    'Call Trace:',
    ' <TASK>',
    ...frames('at', fault),
    ' </TASK>',
    '',
    'Allocated by task 7:',
    ...frames('by', allocated),
    '',
    'Freed by task 7:',
    ...frames('free', freedBy),
    '='.repeat(66),
  ]
}

void t.test('each stack has its share, and what is left out is counted', t => {
  const trace = traceOf(finding(...freed(30, 40, 30)))
  const at = (line: string): number => trace.indexOf(line)
  t.ok(at('Freed by task 7:') > at('Allocated by task 7:'))
  t.strictSame(
    trace.filter(line => line.startsWith('…')),
    ['… 14 more', '… 24 more', '… 14 more'],
  )
  t.equal(trace.at(at('Freed by task 7:') + 1), 'free_0+0x1/0x2')
  const short = traceOf(finding(...freed(40, 3, 2)))
  t.equal(short.filter(line => line.startsWith('at_')).length, 40, 'what others leave is taken')
  t.notMatch(short.join('\n'), '…')
  t.end()
})

void t.test("a module's line is shown however deep it is", t => {
  const found = finding(...freed(90, 40, 40))
  const frames = found.frames.map((frame, index) =>
    index === 80 ? { ...frame, module: 'm', location: { file: 'module/ring.c', line: 3 } } : frame,
  )
  const trace = traceOf({ ...found, frames })
  t.ok(trace.includes('at_80+0x1/0x2 [m] module/ring.c:3'))
  t.match(trace.slice(0, 20), ['at_0+0x1/0x2'])
  t.end()
})

void t.test('frames beyond those that are kept are counted, those of modules are kept', t => {
  const deep = finding(
    ...warning.slice(0, 4),
    ...Array.from({ length: 300 }, (_, at) => ` deep_${at}+0x1/0x2`),
    ' ring_ioctl+0x10/0x40 [ring_test]',
    '---[ end trace 0000000000000000 ]---',
  )
  t.equal(deep.frames.at(-1)?.function, 'ring_ioctl')
  t.equal(deep.frames.length + deep.elided, 302)
  t.match(traceOf(deep).at(-1), /^… \d+ more$/)
  t.end()
})

void t.test('a function that calls itself is shown once', t => {
  const trace = traceOf(
    finding(
      ...warning.slice(0, 4),
      ...Array.from({ length: 30 }, () => ' ring_fill+0x7/0x20 [ring_test]'),
      ...warning.slice(4),
    ),
  )
  t.strictSame(trace, [
    'ring_push+0x5/0x20 [ring_test]',
    'ring_fill+0x7/0x20 [ring_test]',
    '… 29 times the same',
    'ring_ioctl+0x10/0x40 [ring_test]',
  ])
  t.end()
})

void t.test('functions that call each other in a circle are shown once', t => {
  const circle = (...names: readonly string[]): readonly string[] => {
    const once = names.map(name => ` ${name}+0x7/0x20 [ring_test]`)
    const calls = Array.from({ length: 30 }, () => once).flat()
    return traceOf(finding(...warning.slice(0, 4), ...calls, ...warning.slice(4)))
  }
  t.strictSame(circle('ring_fill', 'ring_grow'), [
    'ring_push+0x5/0x20 [ring_test]',
    'ring_fill+0x7/0x20 [ring_test]',
    'ring_grow+0x7/0x20 [ring_test]',
    '… 29 times the same 2 frames',
    'ring_ioctl+0x10/0x40 [ring_test]',
  ])
  t.match(
    circle('a', 'a', 'b', 'c'),
    { 5: /^… \d+ times the same 4 frames$/ },
    'or itself among them',
  )
  t.notMatch(circle('a', 'b', 'c', 'd', 'e'), /times the same/, 'of more than four it is no circle')
  t.end()
})

void t.test('what is guessed again and again is shown once', t => {
  const guesses = [' ? ring_fill+0x7/0x20 [ring_test]', ' ? leftover+0x1/0x2']
  const found = finding(
    'BUG: TASK stack guard page was hit at 00000000350383f0 (stack is 000000007065ceb6..000000002d6221c0)',
    'RIP: 0010:ring_fill+0x5/0x20 [ring_test]',
    'Call Trace:',
    ...Array.from({ length: 20 }, () => guesses).flat(),
    '---[ end trace 0000000000000000 ]---',
  )
  t.strictSame(traceOf({ ...found, locationReason: undefined }), [
    'ring_fill+0x5/0x20 [ring_test]',
    '? ring_fill+0x7/0x20 [ring_test]',
    '? leftover+0x1/0x2',
    '… 38 more',
  ])
  t.end()
})

void t.test('where the unwinder got nowhere, what it found on the stack is shown as such', t => {
  const traceAfter = (fault: string, ...frames: readonly string[]): readonly string[] => {
    const found = finding(
      'BUG: unable to handle page fault for address: ffff888003a4f000',
      fault,
      'Call Trace:',
      ' <TASK>',
      ...frames,
      ' </TASK>',
      '---[ end trace 0000000000000000 ]---',
    )
    t.equal(found.function, 'ring_call')
    return traceOf({ ...found, locationReason: undefined })
  }
  const [call, write] = [' ? ring_call+0x12/0x30 [ring_test]', ' ? vfs_write+0x1/0x2']
  t.strictSame(traceAfter('RIP: 0010:strlen+0x11/0x20', call, write), [
    'strlen+0x11/0x20',
    '? ring_call+0x12/0x30 [ring_test]',
    '? vfs_write+0x1/0x2',
  ])
  t.strictSame(
    traceAfter('RIP: 0010:strlen+0x1/0x20', call, write),
    ['strlen+0x1/0x20', 'ring_call+0x12/0x30 [ring_test]'],
    'who called a function that has no frame yet is certain',
  )
  const jump = 'RIP: 0010:0xffff888003a4f000'
  const certain = 'ring_call+0x12/0x30 [ring_test]'
  t.strictSame(
    traceAfter(jump, call, write),
    [certain, '? vfs_write+0x1/0x2'],
    'who jumped is certain',
  )
  t.strictSame(traceAfter(jump, call, ' ring_ioctl+0x1/0x2 [ring_test]', write), [
    certain,
    'ring_ioctl+0x1/0x2 [ring_test]',
  ])
  t.end()
})

void t.test('why no line is known is said', t => {
  const found = { ...finding(...warning), location: undefined, locationReason: 'nm is missing' }
  t.equal(traceOf(found).at(-1), '(no line of the module: nm is missing)')
  t.end()
})
