import t from 'tap'
import { FindingReader, findingText, reportOf, type Finding } from './index.js'

function finding(text: string): Finding {
  const reader = new FindingReader([{ name: 'ring_test', sourcePrefix: 'module/' }])
  const lines = [
    text,
    'CPU: 0 PID: 7 Comm: \u001b[31mpush Not tainted 6.1.0 #1',
    'RIP: 0010:ring_push+0x5/0x20 [ring_test]',
    'Call Trace:',
    ' ? leftover+0x1/0x2',
    ' ring_ioctl+0x10/0x40 [ring_test]',
    '---[ end trace 0000000000000000 ]---',
  ]
  lines.forEach((line, sequence) =>
    reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text: line }),
  )
  const [found] = reader.end()
  if (found === undefined) throw new Error('the reader found nothing')
  return found
}

const warning = 'WARNING: CPU: 0 PID: 7 at module/ring.c:12 ring_push+0x5/0x20 [ring_test]'

void t.test('a finding for a terminal says what, where and how it came there', t => {
  t.equal(
    findingText({ finding: finding(warning), allowed: undefined }),
    [
      'warning: WARNING in ring_push',
      '  at module/ring.c:12',
      '  in \\x1b[31mpush[7]',
      '    ring_push+0x5/0x20 [ring_test]',
      '    ring_ioctl+0x10/0x40 [ring_test]',
    ].join('\n'),
  )
  t.end()
})

void t.test('an allowed finding says why', t => {
  const judged = { finding: finding(warning), allowed: 'known since 6.12' }
  t.match(findingText(judged), '  allowed: known since 6.12')
  t.match(reportOf(judged), { allowed: 'known since 6.12' })
  t.end()
})

void t.test('a report is plain data with the whole text', t => {
  const report = reportOf({ finding: finding(warning), allowed: undefined })
  t.strictSame(JSON.parse(JSON.stringify(report)), report)
  t.match(report, {
    kind: 'warning',
    location: { file: 'module/ring.c', line: 12 },
    trace: ['ring_push+0x5/0x20 [ring_test]', 'ring_ioctl+0x10/0x40 [ring_test]'],
  })
  t.match(report.text, warning)
  t.end()
})

void t.test('hostile text cannot act on a terminal or add a line', t => {
  const hostile = { ...finding(warning), title: 'x\u001b]0;y\u0007\u202e\nok 1 - fine' }
  const text = findingText({ finding: hostile, allowed: undefined })
  t.notMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/)
  t.notMatch(text, /^ok 1/m)
  t.end()
})
