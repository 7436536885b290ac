import t from 'tap'
import {
  explainLoss,
  FindingReader,
  saysPoweredOff,
  statusAfterDeath,
  type LossEvidence,
  type Finding,
} from './index.js'

const nothing: LossEvidence = {
  machineEnd: undefined,
  findings: [],
  isPoweredOff: false,
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
const refined = findings(
  'Kernel panic - not syncing: System is deadlocked on memory',
  'CPU: 0 PID: 7 Comm: pusher Not tainted 6.1.192 #1',
)
const panic = findings(
  'Kernel panic - not syncing: no init',
  'CPU: 0 PID: 1 Comm: init Not tainted 6.1.192 #1',
  'Call Trace:',
  ' panic+0xf9/0x25d',
)
const words = findings('Kernel panic - not syncing: fake')
const stall = findings('watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [pusher:7]')
const report = findings('BUG: KASAN: use-after-free in ring_pop+0x1/0x2')

type Given = Partial<LossEvidence> & { readonly lastPrinted?: string }

const cases: readonly (readonly [string, Given, string, 'fail' | 'error'])[] = [
  ['QEMU saw the panic', { machineEnd: { how: 'guest', reason: 'guest-panic' } }, 'panic', 'fail'],
  ['the log has the panic', { machineEnd: exited, findings: panicAfterOops }, 'panic', 'fail'],
  ['a panic of another kind', { machineEnd: exited, findings: refined }, 'panic', 'fail'],
  [
    'a panic restarted it',
    { machineEnd: { how: 'guest', reason: 'guest-reset' }, findings: panic },
    'panic',
    'fail',
  ],
  [
    'it restarted after words of a panic',
    { machineEnd: { how: 'guest', reason: 'guest-reset' }, findings: words },
    'guest-reset',
    'fail',
  ],
  ['it hangs after words of a panic', { pingAnswered: false, findings: words }, 'hang', 'fail'],
  [
    'it halted after words of a panic',
    {
      pingAnswered: true,
      connection: 'lost',
      lastPrinted: 'Kernel panic - not syncing: fake\nreboot: Power down',
      findings: words,
    },
    'guest-halted',
    'fail',
  ],
  [
    'words of an oops, and it takes too long',
    { deadlinePassed: true, findings: findings('Oops: my own words, nothing serious') },
    'timeout',
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
  ['it still hangs in its panic', { findings: panic, pingAnswered: false }, 'panic', 'fail'],
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

for (const [name, { lastPrinted = '', ...evidence }, cause, status] of cases)
  void t.test(name, t => {
    const isPoweredOff = saysPoweredOff(lastPrinted)
    const loss = explainLoss({ ...nothing, isPoweredOff, ...evidence })
    t.equal(loss.cause, cause)
    t.equal(statusAfterDeath(loss.cause, []), status)
    t.end()
  })

void t.test('the explanation names the first thing that went wrong', t => {
  const death = explainLoss({ ...nothing, machineEnd: exited, findings: panicAfterOops })
  t.match(death.explanation, 'kernel panic: Fatal exception')
  t.match(death.explanation, 'It began with: kernel NULL pointer dereference in ring_pop.')
  const { explanation } = explainLoss({ ...nothing, machineEnd: exited, findings: panic })
  t.equal(explanation, `The kernel panicked: ${panic[0]?.title}.`, 'and that once')
  t.end()
})

void t.test('words that no kernel check printed are named as such, and began nothing', t => {
  const machineEnd = { how: 'guest', reason: 'guest-reset' } as const
  const { explanation } = explainLoss({ ...nothing, machineEnd, findings: [...words, ...report] })
  t.match(explanation, 'It began with: KASAN: use-after-free in ring_pop.')
  t.match(explanation, /"Kernel panic - not syncing: fake" came without a trace: a driver's words/)
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

void t.test('the cause says why the harness killed a machine', t => {
  const machineEnd = { how: 'killed', why: 'no space is left for its disk' } as const
  t.match(explainLoss({ ...nothing, machineEnd }), {
    explanation: /^The harness ended the machine: no space is left for its disk\.$/,
  })
  t.end()
})
