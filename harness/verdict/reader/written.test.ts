import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseRecord } from './parse-record.js'
import { FindingReader, recordsOfConsole } from '../index.js'

const folder = new URL('testdata/written/', import.meta.url)

/** Expected `kind: title` of each file, and other expected fields. */
const expected: Readonly<Record<string, readonly object[]>> = {
  'replayed.console': [
    { kind: 'kasan', title: 'KASAN: slab-use-after-free Read in demo_read', cut: undefined },
  ],
  'newline-in-name.console': [
    { kind: 'hung-task', title: 'task hung in demo_wait', task: { comm: 'ab\\ncd', pid: 91 } },
  ],
  'newline-in-name.kmsg': [
    { kind: 'hung-task', title: 'task hung in demo_wait', task: { comm: 'ab\\ncd', pid: 91 } },
  ],
  'irqs-off.console': [
    {
      kind: 'warning',
      title: 'WARNING: interrupts off at return in demo_ioctl',
      function: 'demo_ioctl',
      related: [{ role: 'irqs-off', frames: { length: 1 } }],
      cut: undefined,
    },
  ],
  'rcu-tasks.console': [
    { kind: 'rcu-stall', title: 'RCU tasks stall in demo_spin', function: 'demo_spin' },
  ],
  'rcu-starved-7.3.console': [
    {
      kind: 'rcu-stall',
      title: 'RCU stall in fault_lockup',
      function: 'fault_lockup',
      related: [{ role: 'other' }],
      task: { comm: 'agent' },
      cut: undefined,
    },
  ],
  // The task at fault is not printed; the waiting thread is not at fault.
  'rcu-starved-5.10.console': [
    { kind: 'rcu-stall', title: 'RCU stall', function: undefined, cut: undefined },
  ],
  'ref-tracker.console': [
    {
      kind: 'refcount',
      title: 'ref_tracker: a reference leaked in demo_hold',
      frames: { length: 4 },
    },
    { kind: 'refcount', title: 'ref_tracker: a reference leaked in demo_hold' },
  ],
  'sleeping-timer.console': [
    { kind: 'scheduling-while-atomic', frames: { length: 26 } },
    { kind: 'warning', title: 'WARNING in tm_sleep', task: { comm: 'agent' } },
  ],
  'sleeping-timer-idle.console': [
    { kind: 'scheduling-while-atomic' },
    { kind: 'oops', title: 'unable to handle page fault in check_preempt_wakeup' },
    { kind: 'panic', title: 'kernel panic: Attempted to kill the idle task', follows: 77 },
  ],
  'stack-overwritten.console': [
    {
      kind: 'gpf',
      title: 'general protection fault in ksys_write',
      locationReason:
        'the kernel, for "sh", jumped to 0x4141414141414141: the stack, or a pointer to a function, was overwritten: run on debug',
    },
  ],
  'ubsan-trap.console': [
    {
      kind: 'oops',
      title: 'UBSAN: array index out of bounds in demo_index',
      fatality: 'task',
      task: { comm: 'index', pid: 121 },
    },
  ],
  'kfence-out-of-bounds.console': [
    {
      kind: 'kfence',
      title: 'KFENCE: out-of-bounds read in demo_oob',
      access: { type: 'read' },
      frames: { length: 5 },
      related: [{ role: 'allocated', frames: { length: 5 } }],
      task: { comm: 'reader' },
      cut: undefined,
    },
  ],
  'kfence-use-after-free.console': [
    {
      kind: 'kfence',
      title: 'KFENCE: use-after-free write in demo_uaf',
      access: { type: 'write' },
      related: [{ role: 'allocated' }, { role: 'freed', frames: { length: 2 } }],
    },
  ],
  'kfence-corruption.console': [
    {
      kind: 'kfence',
      title: 'KFENCE: memory corruption in demo_close',
      frames: { length: 5 },
      related: [{ role: 'allocated' }],
    },
  ],
  'kfence-invalid-free.console': [
    { kind: 'kfence', title: 'KFENCE: invalid free in demo_close', access: { type: 'free' } },
  ],
  'fortify.console': [
    { kind: 'fortify', title: 'fortify: buffer overflow in demo_copy', function: 'demo_copy' },
    { kind: 'bug', title: 'kernel BUG in demo_copy', follows: 0 },
  ],
  'fortify-field.console': [
    {
      kind: 'fortify',
      title: 'fortify: buffer overflow in demo_copy',
      location: { file: 'module/demo.c', line: 41 },
    },
  ],
  'hard-lockup.console': [
    { kind: 'hard-lockup', title: 'hard lockup in demo_spin', fatality: 'machine' },
  ],
  'hard-lockup-buddy.console': [
    { kind: 'hard-lockup', title: 'hard lockup', fatality: 'machine' },
    { kind: 'nmi-backtrace', title: 'NMI backtrace in demo_spin', follows: 0 },
  ],
  'lkdtm-corrupt-stack.console': [
    { kind: 'stack-corruption', title: 'kernel stack is corrupted in demo_corrupt' },
  ],
  'lkdtm-cfi.console': [{ kind: 'oops', title: 'CFI failure in demo_call', fatality: 'task' }],
  'lkdtm-array-bounds.console': [
    { kind: 'oops', title: 'UBSAN: array index out of bounds in demo_index' },
  ],
  'stack-guard.console': [
    { kind: 'stack-overflow', title: 'kernel stack overflow in demo_fill', function: 'demo_fill' },
  ],
  'double-fault.console': [
    { kind: 'stack-overflow', title: 'kernel stack overflow in demo_fill', function: 'demo_fill' },
  ],
  'oom-newline-in-name.kmsg': [{ kind: 'out-of-memory', title: 'out of memory' }],
}

const files = readdirSync(folder)

void t.test('every text has its expectation', t => {
  t.strictSame(Object.keys(expected).sort(), files.sort())
  t.end()
})

for (const file of files)
  void t.test(`${file} is read as it should be`, t => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const isConsole = file.endsWith('.console')
    const records = isConsole
      ? recordsOfConsole(text)
      : text.split('\n').flatMap(line => parseRecord(line) ?? [])
    const reader = new FindingReader([{ name: 'demo', sources: ['module/demo.c'] }])
    const found = [...records.flatMap(record => reader.push(record)), ...reader.end()]
    found.sort((a, b) => a.firstSequence - b.firstSequence)
    const wanted = expected[file] ?? []
    t.equal(found.length, wanted.length, found.map(({ title }) => title).join('; '))
    for (const [index, finding] of wanted.entries()) t.match(found[index], finding)
    t.end()
  })
