import t from 'tap'
import { explainLoss, FindingReader, type LossEvidence, type Finding } from './index.js'

const nothing: LossEvidence = {
  machineEnd: undefined,
  findings: [],
  lastPrinted: '',
  pingAnswered: undefined,
  connection: 'open',
  deadlinePassed: false,
  registers: undefined,
}

const exited = { how: 'qemu', exitCode: 0, signal: undefined, stderr: '' } as const

function findings(...lines: string[]): Finding[] {
  const reader = new FindingReader()
  lines.forEach((text, sequence) =>
    reader.push({ sequence, timeUs: sequence, level: 4, facility: 0, caller: 'T1', text }),
  )
  return reader.end()
}

const oops = findings(
  'BUG: kernel NULL pointer dereference, address: 0',
  'RIP: 0010:ring_pop+0x1/0x2',
)
const panicAfterOops = findings(
  'BUG: kernel NULL pointer dereference, address: 0',
  'RIP: 0010:ring_pop+0x1/0x2',
  'Kernel panic - not syncing: Fatal exception',
)
const refined = findings('Kernel panic - not syncing: System is deadlocked on memory')
const stall = findings('watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [pusher:7]')
const report = findings('BUG: KASAN: use-after-free in ring_pop+0x1/0x2')

const cases: readonly (readonly [string, Partial<LossEvidence>, string, 'fail' | 'error'])[] = [
  ['QEMU saw the panic', { machineEnd: { how: 'guest', reason: 'guest-panic' } }, 'panic', 'fail'],
  ['the log has the panic', { machineEnd: exited, findings: panicAfterOops }, 'panic', 'fail'],
  ['a panic of another kind', { machineEnd: exited, findings: refined }, 'panic', 'fail'],
  [
    'only the console has it',
    {
      machineEnd: { how: 'guest', reason: 'guest-reset' },
      lastPrinted: 'Kernel panic - not syncing: no init\nRebooting',
    },
    'panic',
    'fail',
  ],
  ['an oops, and the guest lives', { findings: oops, connection: 'lost' }, 'oops', 'fail'],
  ['an oops, and then no answer', { findings: oops, pingAnswered: false }, 'oops', 'fail'],
  [
    'it powered off',
    { machineEnd: { how: 'guest', reason: 'guest-shutdown' } },
    'guest-halted',
    'fail',
  ],
  [
    'the harness killed it',
    { machineEnd: { how: 'killed', why: 'no answer' } },
    'qemu-died',
    'error',
  ],
  [
    'the harness killed it, and somebody wrote of a panic on the console',
    { machineEnd: { how: 'quit' }, lastPrinted: 'Kernel panic - not syncing: a lie' },
    'qemu-died',
    'error',
  ],
  [
    'a silent restart',
    { machineEnd: { how: 'guest', reason: 'guest-reset' } },
    'guest-reset',
    'fail',
  ],
  [
    'QEMU was killed',
    { machineEnd: { ...exited, exitCode: undefined, signal: 'SIGKILL' }, connection: 'lost' },
    'qemu-died',
    'error',
  ],
  [
    'QEMU was killed, and somebody wrote of a panic on the console',
    {
      machineEnd: { ...exited, exitCode: undefined, signal: 'SIGKILL' },
      lastPrinted: 'Kernel panic - not syncing: a lie',
      connection: 'lost',
    },
    'qemu-died',
    'error',
  ],
  [
    'QEMU was killed after an oops that it survived',
    { machineEnd: { ...exited, exitCode: undefined, signal: 'SIGKILL' }, findings: oops },
    'oops',
    'fail',
  ],
  [
    'it hung in its panic and was killed for that',
    {
      machineEnd: { ...exited, exitCode: undefined, signal: 'SIGKILL' },
      findings: panicAfterOops,
      pingAnswered: false,
    },
    'panic',
    'fail',
  ],
  [
    'it still hangs in its panic, which only the console has',
    { lastPrinted: 'Kernel panic - not syncing: x', pingAnswered: false },
    'panic',
    'fail',
  ],
  [
    'a guest that lives has written of a panic',
    { lastPrinted: 'Kernel panic - not syncing: x', pingAnswered: true, deadlinePassed: true },
    'timeout',
    'fail',
  ],
  ['QEMU ended by itself', { machineEnd: { ...exited, exitCode: 1 } }, 'qemu-died', 'error'],
  ['no answer to a ping', { pingAnswered: false, connection: 'lost' }, 'hang', 'fail'],
  ['a lockup, and no answer', { pingAnswered: false, findings: stall }, 'hang', 'fail'],
  [
    'the connection is gone',
    { pingAnswered: true, connection: 'lost' },
    'connection-lost',
    'error',
  ],
  [
    'the kernel stopped its devices, and user space lives',
    {
      pingAnswered: true,
      connection: 'lost',
      lastPrinted: 'x\nreboot: Power down\nnet eth0: Unexpected TXQ (0) queue failure: -5',
    },
    'guest-halted',
    'fail',
  ],
  [
    'a guest that is reached has written of a halt',
    { pingAnswered: true, deadlinePassed: true, lastPrinted: 'reboot: System halted' },
    'timeout',
    'fail',
  ],
  ['it is gone, and no ping', { connection: 'lost' }, 'connection-lost', 'error'],
  ['it takes too long', { pingAnswered: true, deadlinePassed: true }, 'timeout', 'fail'],
  ['a report kills nobody', { findings: report, deadlinePassed: true }, 'timeout', 'fail'],
  ['nothing at all', {}, 'unknown', 'error'],
]

for (const [name, evidence, cause, status] of cases)
  void t.test(name, t => {
    t.match(explainLoss({ ...nothing, ...evidence }), { cause, status })
    t.end()
  })

void t.test('the explanation names the first thing that went wrong', t => {
  const death = explainLoss({ ...nothing, machineEnd: exited, findings: panicAfterOops })
  t.match(death.explanation, 'kernel panic: Fatal exception')
  t.match(death.explanation, 'It began with: kernel NULL pointer dereference in ring_pop.')
  t.end()
})

void t.test('what the kernel said before a connection was lost is its beginning', t => {
  const { explanation } = explainLoss({ ...nothing, connection: 'lost', findings: report })
  t.match(explanation, 'It began with: KASAN: use-after-free in ring_pop.')
  t.end()
})

void t.test('what QEMU said last is in the explanation', t => {
  const machineEnd = {
    ...exited,
    exitCode: 1,
    stderr: 'warning: x\nqemu: cannot allocate memory\n',
  }
  t.match(explainLoss({ ...nothing, machineEnd }).explanation, 'cannot allocate memory')
  t.end()
})
