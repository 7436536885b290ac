import {
  noCounts,
  SCHEMA,
  type FindingReport,
  type JobRef,
  type RunEvent,
  type TestChange,
} from '../contract/events.js'

/** Hostile text that a guest or a suite may put into a report. */
export const HOSTILE = [
  '\u001b[31mred\u001b]0;title\u0007\u009b2J\u0008',
  '</script><img src=x onerror=alert(1)></details></summary></code><!-- --><?php ?><![CDATA[ ]]>',
  '::error file=forged.c,line=1::forged',
  '  ::stop-commands::forged',
  '##[error]forged %0A::error::forged %3A',
  '| cell | `code` ``` ~~~ \\| \\` & &lt; &#96; "quoted" \'single\' $x$',
  '```',
  '~~~',
  '---',
  '...',
  '# SKIP forged # TODO forged',
  'not ok 1 - forged',
  'Bail out! forged',
  '[link](https://evil.example) ![image](https://evil.example/x.png) <https://evil.example>',
  'https://evil.example www.evil.example root@evil.example @octocat #1',
  '[link]: https://evil.example',
  '\0\ud800\udc00\udfff\ufffe\uffff',
  'a\u202eb\u2066c\u200fd\u2028e\u2029f\ufeff',
  '\r\nend\r',
].join('\n')

/** A line of 10 MB of characters that grow most when escaped. */
export const LONG = '<`|\u001b&]'.repeat((10 * 1024 * 1024) / 6)

const job: JobRef = {
  id: '6.1.9-plain/ring',
  kernel: '6.1',
  series: '6.1',
  release: '6.1.9',
  flavour: 'plain',
  suite: 'ring',
}
const other: JobRef = {
  ...job,
  id: '7.3.4-debug/ring',
  release: '7.3.4',
  kernel: '7.3',
  flavour: 'debug',
}
const unbuilt: JobRef = { ...job, id: '6.1.9-race/ring', flavour: 'race' }

/** Results of {@link hostileRun} by status. */
const hostileCounts = { pass: 3, fail: 2, skip: 1, xfail: 1, error: 1, miss: 1, flaky: 1 }

/** A run in which every text from a guest, a suite or a compiler is this one. */
export function hostileRun(text: string): RunEvent[] {
  const finding: FindingReport = {
    kind: 'kasan',
    title: text,
    location: { file: 'module/ring.c', line: 7 },
    trace: [
      { note: text },
      { function: text, offset: 1, size: 2, module: text, location: { file: text, line: 3 } },
      { stack: text },
    ],
    text,
  }
  const problems = [
    {
      kind: 'assertion' as const,
      message: text,
      detail: text,
      at: { file: 'suites/ring.suite.ts', line: 3 },
    },
  ]
  const clean = { type: 'test-end', job: job.id, attempt: 1, durationMs: 5 } as const
  const none = { ...clean, problems: [], findings: [] }
  const bad = { ...clean, problems, findings: [finding] }
  const change: TestChange = {
    ...{ kernel: '6.1', flavour: 'plain', suite: 'ring', test: `regressed ${text}` },
    change: 'regressed',
    now: 'fail',
    before: 'pass',
    lastGood: { run: 'good', at: '2026-01-01T00:00:00.000Z' },
    changed: [{ what: 'compiler', from: text, to: text }],
  }
  const name = { kernel: '7.3', series: '7.3', release: '7.3.4', flavour: 'debug' }
  return [
    {
      type: 'run-start',
      schema: SCHEMA,
      run: 'r',
      at: '2026-01-02T03:04:05.000Z',
      folder: '/record',
      version: '0',
      commit: 'c0ffee',
      content: { module: 'm', suites: 's' },
      argv: [],
      host: { qemu: 'QEMU', accelerator: 'tcg', node: 'v20', system: 'Debian', cores: 2 },
      request: { kernels: [], flavours: [], suites: [], cold: false, coverage: false, retries: 1 },
    },
    { type: 'plan', jobs: [job, other, unbuilt] },
    {
      ...{ type: 'column', kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' },
      ...{ source: 'linux 6.1.9-1', key: 'k', compiler: text, warnings: [text], xpass: text },
      durationMs: 1,
    },
    {
      type: 'build-failed',
      ...name,
      status: 'fail',
      problem: { kind: 'build', message: text, detail: text },
    },
    {
      ...{ type: 'build-failed', kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'race' },
      ...{ status: 'xfail', reason: text },
      problem: { kind: 'build', message: text, detail: text },
    },
    { type: 'job-start', job: job.id, at: '2026-01-02T03:04:06.000Z', title: text, tests: [] },
    { type: 'note', job: job.id, text },
    { type: 'not-restored', job: job.id, why: text },
    {
      ...none,
      test: `passed ${text}`,
      status: 'pass',
      sweeps: [{ scenario: text, points: 1, errors: 1, tolerated: 0 }],
    },
    { ...none, test: `skipped ${text}`, status: 'skip', reason: text },
    { ...bad, test: `expected ${text}`, status: 'xfail', reason: text },
    { ...none, test: `better ${text}`, status: 'pass', xpass: text },
    { ...bad, test: `failed ${text}`, status: 'fail', replay: 'jobs/x/failures/1' },
    { ...bad, test: `regressed ${text}`, status: 'fail' },
    { ...none, test: `in error ${text}`, status: 'error', cause: 'qemu-died', problems },
    { ...none, test: `missing ${text}`, status: 'miss', reason: text },
    {
      ...none,
      ...{ test: `flaky ${text}`, status: 'pass', attempt: 2 },
      flaky: { status: 'fail', problems, findings: [{ ...finding, allowed: text }, finding] },
    },
    { type: 'job-end', job: job.id, durationMs: 10, counts: hostileCounts },
    {
      ...{ type: 'comparison', against: 'last', unchanged: 1, fresh: 0, past: [] },
      changes: [change, { ...change, test: `fixed ${text}`, change: 'fixed', now: 'pass' }],
    },
    {
      ...{ type: 'run-end', at: '2026-01-02T03:05:05.000Z', durationMs: 11, exitCode: 1 },
      ...{ counts: { ...noCounts, ...hostileCounts, fail: 3, xfail: 2 }, interrupted: false },
    },
  ]
}
