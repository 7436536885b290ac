import t from 'tap'
import type { FindingReport, Problem, ProblemKind } from '../contract/events.js'
import { findingAt } from './finding.fixture.js'
import { statusAfterDeath, verdictOf, type VerdictFacts, type Verdict } from './verdict.js'

const problem = (kind: ProblemKind): Problem => ({ kind, message: kind })
const report = (kind: string, more: Partial<FindingReport> = {}): FindingReport => ({
  ...{ kind, title: kind, trace: [], text: '' },
  ...more,
})
const inTask = { ...findingAt(7), caller: 'T57' }
const inInterrupt = { ...findingAt(8), caller: 'C0' }
const laterInTask = { ...findingAt(9), caller: 'T57' }
const stallInThread = {
  ...inInterrupt,
  kind: 'rcu-stall',
  task: { comm: 'swapper/0', pid: 0 },
} as const
const location = { file: 'module/ring.c', line: 7 }
const suiteLine = { file: 'suites/ring.suite.ts', line: 3 }
const panic = { cause: 'panic' } as const
const lost = { cause: 'qemu-died' } as const
const stall = { problems: [problem('finding')], reports: [report('rcu-stall')] }

/** Every kind that fails a test on its own. */
const FAILURES: readonly ProblemKind[] = [
  'assertion',
  'thrown',
  'wrong-use',
  'unfinished',
  'nothing-asserted',
  'finding',
  'late',
  'taint',
  'left-behind',
  'left-running',
  'overrun',
  'stray',
  'worker',
]
const UNKNOWN = ['worker-lost', 'no-boot', 'log-lost', 'unguarded', 'not-asked'] as const

type Case = readonly [string, Partial<VerdictFacts>, Partial<Verdict>]

const CASES: readonly Case[] = [
  ['nothing speaks against it', {}, { status: 'pass' }],
  ['it skipped itself', { skipped: 'no device' }, { status: 'skip', reason: 'no device' }],
  ...FAILURES.map((kind): Case => [
    `${kind} fails it`,
    { problems: [problem(kind)] },
    { status: 'fail' },
  ]),
  ...FAILURES.map((kind): Case => [
    `${kind} fails what skipped itself`,
    { problems: [problem(kind)], skipped: 'no device' },
    { status: 'fail' },
  ]),
  ...UNKNOWN.map((kind): Case => [
    `${kind} alone: nothing is known`,
    { problems: [problem(kind)] },
    { status: 'error', cause: kind },
  ]),
  ...UNKNOWN.map((kind): Case => [
    `${kind} makes no failure better`,
    { problems: [problem('assertion'), problem(kind)] },
    { status: 'fail' },
  ]),
  [
    'several that say nothing of the module say nothing together',
    { problems: ['not-asked', 'not-asked', 'unguarded', 'log-lost'].map(k => problem(k as never)) },
    { status: 'error', cause: 'log-lost' },
  ],
  [
    'what may have been lost skips nothing',
    { problems: [problem('log-lost')], skipped: 'no device' },
    { status: 'error', cause: 'log-lost' },
  ],
  ['watchdogs of a machine that ran', stall, { status: 'fail' }],
  [
    'watchdogs of a machine that was stopped',
    { ...stall, sinceSuspendMs: 1500 },
    {
      status: 'error',
      cause: 'stopped',
      problems: [{ kind: 'stopped' } as Problem, problem('finding')],
    },
  ],
  ['watchdogs long after it was stopped', { ...stall, sinceSuspendMs: 61_000 }, { status: 'fail' }],
  ['a pass on a machine that was stopped', { sinceSuspendMs: 1 }, { status: 'pass' }],
  [
    'an assertion on a machine that was stopped',
    { ...stall, problems: [...stall.problems, problem('assertion')], sinceSuspendMs: 1 },
    { status: 'fail' },
  ],
  [
    'a use after free on a machine that was stopped',
    { ...stall, reports: [...stall.reports, report('kasan')], sinceSuspendMs: 1 },
    { status: 'fail' },
  ],
  [
    'a known false alarm beside the watchdogs',
    {
      ...stall,
      reports: [...stall.reports, report('kasan', { allowed: 'known' })],
      sinceSuspendMs: 1,
    },
    { status: 'error', cause: 'stopped' },
  ],
  [
    'a hang is reported with its line, where its problem has none',
    {
      problems: [problem('overrun'), problem('taint'), { ...problem('overrun'), at: suiteLine }],
      death: { cause: 'timeout', location },
    },
    {
      status: 'fail',
      problems: [
        { ...problem('overrun'), at: location },
        problem('taint'),
        { ...problem('overrun'), at: suiteLine },
      ],
    },
  ],
  [
    'an interrupt complained',
    { problems: [problem('finding'), problem('taint')], findings: [inInterrupt] },
    { status: 'fail', foreign: true },
  ],
  [
    'a process complained, too',
    { problems: [problem('finding')], findings: [inInterrupt, inTask] },
    { status: 'fail', foreign: undefined as never },
  ],
  [
    'a process complained of what an interrupt had left',
    { problems: [problem('finding')], findings: [laterInTask, inInterrupt] },
    { status: 'fail', foreign: true },
  ],
  [
    'an interrupt complained, and an assertion failed',
    { problems: [problem('finding'), problem('assertion')], findings: [inInterrupt] },
    { status: 'fail', foreign: undefined as never },
  ],
  [
    'a taint that nobody explains',
    { problems: [problem('taint')] },
    { status: 'fail', foreign: undefined as never },
  ],
  ['the kernel panicked', { death: panic }, { status: 'fail', cause: 'panic', foreign: true }],
  [
    'the kernel panicked in a process',
    { death: panic, findings: [inTask] },
    { status: 'fail', cause: 'panic', foreign: undefined as never },
  ],
  [
    'the kernel panicked in a process after an interrupt had complained',
    { death: panic, findings: [inInterrupt, laterInTask] },
    { status: 'fail', foreign: true },
  ],
  [
    'it hung after an interrupt had complained',
    { death: { cause: 'hang' }, findings: [inInterrupt] },
    { status: 'fail', foreign: true },
  ],
  [
    'it hung, and a watchdog names a thread',
    { death: { cause: 'hang' }, findings: [stallInThread] },
    { status: 'fail', foreign: undefined as never },
  ],
  [
    'it hung',
    { death: { cause: 'hang' } },
    { status: 'fail', cause: 'hang', foreign: undefined as never },
  ],
  [
    'the kernel explains why it hangs',
    {
      death: { cause: 'hang' },
      problems: [problem('overrun'), problem('finding')],
      reports: [report('kasan')],
    },
    { status: 'fail', problems: [problem('finding'), problem('overrun')] },
  ],
  [
    'a watchdog says that it hangs',
    {
      death: { cause: 'hang' },
      ...stall,
      problems: [problem('overrun'), problem('finding')],
    },
    { status: 'fail', problems: [problem('overrun'), problem('finding')] },
  ],
  ['its machine was lost', { death: lost }, { status: 'error', cause: 'qemu-died' }],
  [
    'its machine was lost after a use after free',
    { death: lost, reports: [report('kasan')] },
    { status: 'fail', cause: 'qemu-died' },
  ],
  [
    'its machine was lost, and records of its log, too',
    { death: lost, problems: [problem('death'), problem('log-lost')] },
    { status: 'error', cause: 'qemu-died' },
  ],
]

for (const [name, facts, expected] of CASES)
  void t.test(name, async t => {
    const none = { problems: [], reports: [], findings: [], sinceSuspendMs: Infinity }
    t.match(verdictOf({ ...none, ...facts }), expected)
  })

void t.test('what a lost machine comes to, by what its kernel said', async t => {
  const stalls = [report('rcu-stall'), report('nmi-backtrace')]
  t.equal(statusAfterDeath('qemu-died', []), 'error')
  t.equal(statusAfterDeath('qemu-died', stalls), 'error', 'a stall in the kernel at large')
  t.equal(
    statusAfterDeath('qemu-died', [report('rcu-stall', { location })]),
    'fail',
    'in the module',
  )
  t.equal(statusAfterDeath('qemu-died', [report('kasan', { location, allowed: 'known' })]), 'error')
  t.equal(statusAfterDeath('qemu-died', [report('out-of-memory')]), 'fail', 'what took sshd')
  t.equal(statusAfterDeath('panic', []), 'fail')
})
