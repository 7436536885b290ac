import { z } from 'zod'

const text = z.string()
const number = z.number()
const flag = z.boolean()
const list = z.array(text)

export const status = z.enum(['pass', 'fail', 'skip', 'error', 'miss'])

export const jobRef = z.object({
  id: text.describe('unique in its run, and a folder name: `6.1.192-plain/mmap`'),
  kernel: text.describe(
    'as requested, the key of the history: a series, a release, `path:/src/linux`',
  ),
  series: text,
  release: text,
  flavour: text,
  suite: text.describe("the suite file's name without `.suite.ts`"),
  mutant: text.exactOptional().describe('the bug that was planted in the module'),
})

export const sourceLine = z.object({
  file: text.describe('relative to the project: `module/ring.c`'),
  line: number.describe('from 1'),
})

export const traceFrame = z.object({
  function: text,
  offset: number.describe("bytes from the function's start"),
  size: number.describe('of the function, in bytes'),
  module: text.exactOptional().describe("absent for the kernel's own code"),
  location: sourceLine.exactOptional().describe('of frames in the module under test'),
  inline: z.literal(true).exactOptional().describe('it was inlined into the frame after it'),
  unreliable: z
    .literal(true)
    .exactOptional()
    .describe('an address found on the stack that may be a leftover'),
})

export const traceLine = z.union([
  traceFrame,
  z.object({ stack: text }).describe('heading of a further stack: `Freed by task 70:`'),
  z.object({ more: number }).describe('number of frames left out here'),
  z.object({ again: number }).describe('number of further repetitions of the frame above'),
  z.object({ note: text, location: sourceLine.exactOptional() }),
])

export const finding = z.object({
  kind: text,
  title: text.describe('the same for the same bug in every run'),
  location: sourceLine.exactOptional().describe("in the module's source"),
  trace: z
    .array(traceLine)
    .describe(
      'the stack at fault, innermost first, then the others: frames (_trace frame_), and between them `stack` (heading of a further stack), `more` (number of frames left out), `again` (number of further repetitions of the frame above), `note`',
    ),
  records: z
    .object({ first: number, last: number })
    .exactOptional()
    .describe("sequence numbers of its records in the kernel's log"),
  count: number
    .exactOptional()
    .describe('how often it occurred, if more than once; the first is shown'),
  text: text.describe('the splat as the kernel printed it; bounded'),
  allowed: text.exactOptional().describe('the reason, if it is a known false alarm'),
})

export const problemKind = z
  .enum([
    'assertion',
    'thrown',
    'unfinished',
    'nothing-asserted',
    'finding',
    'late',
    'taint',
    'left-behind',
    'left-running',
    'overrun',
    'death',
    'no-boot',
    'worker',
    'log-lost',
    'unguarded',
    'not-asked',
    'stopped',
    'stray',
    'build',
    'unknown',
  ])
  .describe(
    "`assertion`: an assertion failed, or the test's TAP stream is broken; `thrown`: the test, its modules' load or its suite file threw an error; `unfinished`: a subtest or teardown never ended; `nothing-asserted`: it asserted nothing; `finding`: a finding while it ran; `late`: a finding, or the machine's end, too late to be attributed to it; `taint`: the kernel is tainted; `left-behind`: a value differs from before it; `left-running`: a process outlived the command that started it; `overrun`: it exceeded its timeout; `death`: its machine ended; `no-boot`: its machine did not come up; `worker`: its worker process ended; `log-lost`: records of the kernel log were overwritten before they were read; `unguarded`: a check of the kernel is off; `not-asked`: the guest did not answer a query at the suite's end; `stopped`: the machine was suspended, which triggered its watchdogs; `stray`: an error that nobody awaited; `build`: a kernel or its module could not be built, or a bug not planted; `unknown`: from an older record without kinds",
  )

export const problem = z.object({
  kind: problemKind,
  message: text,
  code: text.exactOptional().describe("of an error of modprove's: `MODULE_DOES_NOT_LOAD`"),
  detail: text.exactOptional().describe('a diff, a stack, a part of a log'),
  at: sourceLine.exactOptional().describe('in the suite, or in the module where it does not build'),
})

export const sweep = z.object({
  scenario: text,
  points: number.describe('number of points; each was made to fail once'),
  errors: number.describe('how often it failed with an expected error'),
  tolerated: number.describe('how often it succeeded nevertheless'),
})

export const failedTry = z.object({
  status: z.enum(['fail', 'error']),
  cause: text.exactOptional(),
  problems: z.array(problem),
  findings: z.array(finding),
})

export const host = z.object({
  qemu: text.describe('the first line of `qemu-system-x86_64 --version`'),
  accelerator: text,
  node: text,
  system: text.describe('`Debian GNU/Linux 12 (bookworm)`'),
  cores: number,
  slowness: number
    .exactOptional()
    .describe('its slowdown at the start, relative to the host that deadlines are for'),
})

export const subject = z.object({
  project: text.describe("the project's name in its `package.json`"),
  folder: text.describe("the module's folder, relative to the project"),
  modules: list.describe('names of the modules that its Kbuild file makes; empty where unknown'),
})

export const request = z.object({
  kernels: list,
  flavours: list,
  suites: list,
  grep: text.exactOptional(),
  cold: flag,
  coverage: flag,
  retries: number.describe('maximum of retries of a failed test'),
  timeoutMs: number.exactOptional().describe('timeout of each test'),
  replayOf: text.exactOptional().describe('the run whose failure it runs again'),
})

const runAndTime = z.object({ run: text, at: text })

export const testChange = z.object({
  kernel: text,
  flavour: text,
  suite: text,
  test: text,
  change: z
    .enum(['regressed', 'fixed', 'still-failing', 'flaky', 'new', 'gone', 'lost', 'not-run'])
    .describe(
      '`regressed`: passed then, failed now; `fixed`: the reverse; `still-failing`; `flaky`: failed, then passed on a retry; `new`, `gone`: in only one of the two runs, though its suite is in both, or skipped now; `lost`: no verdict now; `not-run`: planned, but not run',
    ),
  now: status.exactOptional(),
  before: status.exactOptional(),
  flaky: z
    .object({ times: number, runs: number })
    .exactOptional()
    .describe('how often it was flaky in its last runs, including this one'),
  since: runAndTime.exactOptional().describe('the run that `before` is of'),
  lastGood: runAndTime.exactOptional().describe('the last run in which it passed'),
  changed: z
    .array(
      z.object({
        what: z.enum(['module', 'suites', 'kernel', 'compiler', 'QEMU', 'accelerator']),
        from: text,
        to: text,
      }),
    )
    .exactOptional()
    .describe('what else differs since the last good run; of what regressed only'),
})

export const counts = z.object({
  pass: number,
  fail: number,
  skip: number,
  error: number,
  miss: number,
  flaky: number.describe('how many of the passed did so only on a retry'),
})

export const share = z.object({ covered: number, total: number })

export const coveredFile = z.object({
  file: text.describe('relative to the project'),
  lines: share,
  functions: share,
  branches: share,
})

const column = { kernel: text, series: text, release: text, flavour: text }

/** A run's events, by type. Times (`at`) are ISO 8601 in UTC. */
export const events = {
  'run-start': z
    .object({
      type: z.literal('run-start'),
      schema: number,
      run: text,
      at: text,
      folder: text,
      version: text,
      commit: text.nullable().describe('null outside git'),
      content: z
        .object({ module: text, suites: text })
        .describe('names the bytes of module and suites'),
      subject: subject.exactOptional().describe('what is tested; absent in older records'),
      argv: list,
      host,
      request: request.exactOptional().describe('absent for a run of mutants'),
    })
    .describe('the first event'),
  plan: z
    .object({ type: z.literal('plan'), jobs: z.array(jobRef) })
    .describe('which suites will run on which kernels'),
  'run-resume': z
    .object({ type: z.literal('run-resume'), at: text, host })
    .describe(
      'the run is resumed: earlier events of jobs that did not end or have a `miss`, and of failed builds, are void',
    ),
  column: z
    .object({
      type: z.literal('column'),
      ...column,
      source: text.describe('package and version: `linux-source-6.1 6.1.192-2`'),
      key: text.describe('key of all inputs of the kernel build'),
      compiler: text.describe('the first line of `gcc --version`'),
      warnings: list.describe('about the module'),
      durationMs: number.describe("from the column's turn until its machines could boot"),
    })
    .describe('a kernel and the module for it are built'),
  'build-failed': z
    .object({
      type: z.literal('build-failed'),
      ...column,
      status: z.enum(['fail', 'error']).describe("`fail`: the module's fault"),
      problem,
    })
    .describe(
      'kernel or module was not built, or its machine did not boot; its jobs have no results',
    ),
  'job-start': z
    .object({
      type: z.literal('job-start'),
      job: text,
      at: text,
      title: text,
      tests: list.describe('in the order in which they run'),
    })
    .describe('a suite begins on a kernel'),
  'test-start': z
    .object({ type: z.literal('test-start'), job: text, test: text })
    .describe('a test begins'),
  'test-end': z
    .object({
      type: z.literal('test-end'),
      job: text,
      test: text,
      status,
      attempt: number.describe('1 for the first try'),
      durationMs: number,
      reason: text.exactOptional().describe('why it was skipped, or was lost'),
      cause: text
        .exactOptional()
        .describe(
          "how the machine died: `panic`, `oops`, `hang`, …; `log-lost`: records of the kernel's log were overwritten unread; `stopped`: the machine was suspended, which triggered its watchdogs; `not-asked`: at the suite's end, the machine was alive but did not answer in time",
        ),
      overrun: flag.exactOptional().describe('it exceeded its timeout'),
      problems: z.array(problem),
      findings: z.array(finding),
      sweeps: z.array(sweep).exactOptional(),
      unguarded: list
        .exactOptional()
        .describe('checks of the kernel that a known finding left off, for all of it or its rest'),
      flaky: failedTry.exactOptional().describe('the first try, if it passed on a retry'),
      replay: text
        .exactOptional()
        .describe("the folder, in the record's, from which it can be run again"),
    })
    .describe('a test has its result'),
  note: z.object({ type: z.literal('note'), job: text, text }).describe('a remark for reports'),
  'not-restored': z
    .object({ type: z.literal('not-restored'), job: text, why: text })
    .describe('a machine was booted, because it could not be restored from its template'),
  'job-end': z
    .object({
      type: z.literal('job-end'),
      job: text,
      durationMs: number,
      counts,
      problem: problem
        .exactOptional()
        .describe('if the file failed as a whole: it threw at import, its worker died'),
    })
    .describe('a suite has ended on a kernel'),
  coverage: z
    .object({
      type: z.literal('coverage'),
      folder: text.describe('of `lcov.info` and `index.html`; absolute'),
      files: z.array(coveredFile),
      gaps: z
        .array(
          z.object({
            file: text,
            line: number,
            code: text,
            what: text,
            reason: text.exactOptional(),
          }),
        )
        .describe('lines and branches that were not executed'),
      unusedReasons: z
        .array(z.object({ file: text, code: text }))
        .describe('reasons without a gap'),
    })
    .describe('what all machines of the run executed of the module'),
  comparison: z
    .object({
      type: z.literal('comparison'),
      against: z.enum(['last', 'baseline']),
      run: text.exactOptional().describe("the baseline's"),
      changes: z.array(testChange).describe('changed tests'),
      unchanged: number.describe('number of unchanged tests'),
      fresh: number.describe('number of suites without an earlier result'),
      past: z
        .array(z.object({ job: text, test: text, ends: text }))
        .describe(
          'ends in the last runs, of tests whose ends differ; oldest first, without this run, a letter each: `p`ass, `f`ail, `s`kip, `e`rror, `m`iss, flak`y`',
        ),
    })
    .describe('what differs from the last runs, or from a baseline'),
  'run-end': z
    .object({
      type: z.literal('run-end'),
      at: text,
      durationMs: number,
      counts,
      exitCode: number,
      interrupted: flag,
    })
    .describe('the last event'),
}
