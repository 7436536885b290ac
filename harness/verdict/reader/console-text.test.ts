import t from 'tap'
import { recordsOfConsole } from '../index.js'

const console = [
  'SeaBIOS',
  '[    0.000000][    T0] Linux version 6.1.192\r',
  '[   17.608946][   T49] R10: 0000',
  'a process says: [   17.6][T1] no',
  '\u001b[0m[   17.608946][   C1]  <TASK>',
  '[  117.608947][ T4909]',
  '[  118.000000] without a caller',
  '[  118.0000',
].join('\n')

void t.test('lines with the kernel prefix become records', t => {
  t.strictSame(
    recordsOfConsole(console).map(({ timeUs, caller, text }) => [timeUs, caller, text]),
    [
      [0, 'T0', 'Linux version 6.1.192'],
      [17_608_946, 'T49', 'R10: 0000'],
      [17_608_946, 'C1', ' <TASK>'],
      [117_608_947, 'T4909', ''],
      [118_000_000, '', 'without a caller'],
    ],
  )
  t.end()
})

void t.test('they go on where the log ended', t => {
  const rest = (sequence: number, timeUs: number, text: string): unknown[] =>
    recordsOfConsole(console, { sequence, timeUs, text }).map(record => [
      record.sequence,
      record.text,
    ])
  t.strictSame(rest(40, 17_608_946, ' <TASK>'), [
    [41, ''],
    [42, 'without a caller'],
  ])
  t.strictSame(
    rest(40, 17_608_946, 'not on the console'),
    [
      [41, ''],
      [42, 'without a caller'],
    ],
    'by the time where the record is not on the console',
  )
  t.strictSame(rest(40, 200_000_000, 'later'), [])
  t.end()
})
