import { Parser, type FinalResults } from 'tap-parser'
import t from 'tap'
import type { Problem, RunEvent } from '../../contract/events.js'
import { noCounts } from '../../contract/events.js'
import { PrettyReporter } from './pretty.js'
import { TapReporter } from '../formats/tap.js'
import { closingLine } from '../summary.js'

const HOSTILE = '\u001b[31mred\u001b]0;title\u0007 # TODO ]]> </script> ::error::x\r'
const counts = { ...noCounts, pass: 1, fail: 1, skip: 1, error: 1, miss: 1 }
const result = {
  type: 'test-end',
  job: 'j',
  attempt: 1,
  durationMs: 5,
  problems: [],
  findings: [],
} as const
const events: readonly RunEvent[] = [
  {
    type: 'run-start',
    schema: 1,
    run: 'r',
    at: '',
    folder: '/record',
    version: '0',
    commit: null,
    content: { module: '', suites: '' },
    argv: [],
    host: { qemu: '', accelerator: 'tcg', node: '', system: '', cores: 2 },
  },
  {
    type: 'plan',
    jobs: [
      { id: 'j', kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain', suite: 's' },
    ],
  },
  { type: 'job-start', job: 'j', at: '', title: `suite ${HOSTILE}`, tests: [] },
  { type: 'note', job: 'j', text: '"good" runs again alone' },
  { ...result, test: 'good', status: 'pass' },
  {
    ...result,
    test: `bad ${HOSTILE}`,
    status: 'fail',
    problems: [
      {
        kind: 'assertion',
        message: `message ${HOSTILE}`,
        detail: `detail ${HOSTILE}`,
        at: { file: 's.suite.ts', line: 3 },
      },
    ],
    findings: [
      {
        kind: 'kasan',
        title: `use-after-free ${HOSTILE}`,
        location: { file: 'module/ring.c', line: 7 },
        trace: [{ note: HOSTILE }],
        text: HOSTILE,
      },
    ],
  },
  { ...result, test: 'left out', status: 'skip', reason: 'needs debug' },
  { ...result, test: 'broken', status: 'error', cause: 'qemu-died' },
  { ...result, test: 'never', status: 'miss', reason: 'not run' },
  { type: 'job-end', job: 'j', durationMs: 10, counts },
  { type: 'run-end', at: '', durationMs: 11, counts, exitCode: 1, interrupted: false },
]

function printed(make: (write: (text: string) => void) => { take(event: RunEvent): void }): string {
  let text = ''
  const reporter = make(more => (text += more))
  for (const event of events) reporter.take(event)
  return text
}

t.test('the pretty report tells each kind of end, and the line of the module', async t => {
  const text = printed(write => new PrettyReporter(write))
  for (const part of [
    '1 passed, 1 failed, 1 in error, 1 not run, 1 skipped',
    's.suite.ts:3',
    'j: "good" runs again alone',
    'needs debug',
    'qemu-died',
    'record: /record',
  ]) {
    t.ok(text.includes(part), part)
  }
  t.equal(text.trimEnd().split('\n').at(-1), '1 passed, 2 failed, 1 skipped, 1 not run')
})

t.test('nothing a guest printed acts on the terminal', async t => {
  for (const text of [
    printed(write => new PrettyReporter(write)),
    printed(write => new TapReporter(write)),
  ]) {
    t.notMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f]/)
  }
})

t.test(
  'an interrupted run says how it goes on, fails nothing, and fills no screen with what was not run',
  async t => {
    let text = ''
    const reporter = new PrettyReporter(part => (text += part))
    const miss = { ...result, status: 'miss', reason: 'not run: the run was interrupted' } as const
    const names = Array.from({ length: 9 }, (_, at) => `lost ${at + 1}`)
    const lost = { ...noCounts, miss: 10 }
    const ended = { at: '', durationMs: 1, counts: lost, exitCode: 130, interrupted: true }
    const told: RunEvent[] = [
      ...events.slice(0, 2),
      { type: 'job-start', job: 'j', at: '', title: 's', tests: [...names, 'other'] },
      ...names.map(test => ({ ...miss, test })),
      { ...miss, test: 'other', reason: 'not run: the machine hung' },
      { type: 'job-end', job: 'j', durationMs: 10, counts: lost },
      { type: 'run-end', ...ended },
    ]
    for (const event of told) reporter.take(event)
    t.match(text, '  – lost 3  not run: the run was interrupted\n')
    t.notMatch(text, 'lost 4')
    t.match(text, '  – … and 6 more: not run: the run was interrupted\n')
    t.match(text, '  – other  not run: the machine hung\n')
    t.match(text, 'modprove run --resume r goes on')
    t.match(text, /^– .*10 not run/m)
    t.notMatch(text, /of the failed|[1-9] failed/)
    t.match(text, /^0 passed, 0 failed, 0 skipped, 10 not run\n$/m)
  },
)

t.test('the TAP report reads back with the same counts', async t => {
  const text = printed(write => new TapReporter(write))
  const results = await new Promise<FinalResults>(resolve => new Parser(resolve).end(text))
  t.match(results, { ok: false, count: 1, fail: 1 })
  t.match(text, /ok 3 - left out # SKIP needs debug/)
  t.match(text, /not ok 4 - broken/)
})

t.test('a test that was not run is skipped in TAP, and its job is not ok', async t => {
  const told: RunEvent[] = [
    ...events.slice(0, 3),
    { ...result, test: 'good', status: 'pass' },
    { ...result, test: 'never', status: 'miss', reason: 'the run was interrupted' },
    { type: 'job-end', job: 'j', durationMs: 10, counts },
  ]
  let text = ''
  const reporter = new TapReporter(part => (text += part))
  for (const event of told) reporter.take(event)
  t.match(text, '    ok 2 - never # SKIP not run: the run was interrupted\n')
  t.match(text, /^not ok 1 - j$/m)
})

t.test('the closing line has tests in error as failed, and those not run apart', async t => {
  t.equal(closingLine({ ...noCounts, pass: 2, error: 1 }), '2 passed, 1 failed, 0 skipped')
  t.equal(
    closingLine({ ...noCounts, pass: 2, skip: 3, miss: 213 }),
    '2 passed, 0 failed, 3 skipped, 213 not run',
  )
})

t.test('each line of a message is below its test, and a name or reason has one', t => {
  const [start, plan, jobStart] = events
  const said = (kind: 'assertion' | 'build'): Problem => ({ kind, message: 'one:\n  ✓ two\nthree' })
  const column = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  let text = ''
  const reporter = new PrettyReporter(more => (text += more))
  for (const event of [
    start,
    plan,
    jobStart,
    { type: 'build-failed', ...column, status: 'fail', problem: said('build') },
    { ...result, test: 'bad\n✓ forged', status: 'fail', problems: [said('assertion')] },
    { ...result, test: 'left out', status: 'skip', reason: 'no\n✓ forged' },
    { type: 'note', job: 'j', text: 'a\n✓ forged' },
    { type: 'job-end', job: 'j', durationMs: 10, counts },
  ] as RunEvent[])
    reporter.take(event)
  const lines = text.split('\n')
  t.strictSame(lines.slice(0, 3), ['✗ 6.1.9 plain: one:', '      ✓ two', '    three'])
  const [, ...message] = lines.slice(lines.findIndex(line => line.includes('bad')))
  t.strictSame(message.slice(0, 3), ['      one:', '        ✓ two', '      three'])
  t.notMatch(text, /^\s*✓ forged/m)
  t.end()
})
