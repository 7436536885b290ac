import { z } from 'zod'
import { failedTry, finding, problem, status, sweep } from './result-schema.js'
import {
  content,
  counts,
  coveredFile,
  host,
  inRepository,
  jobRef,
  request,
  shard,
  subject,
  testChange,
} from './run-schema.js'

const text = z.string()
const number = z.number()
const flag = z.boolean()
const list = z.array(text)

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
      content,
      subject: subject.exactOptional().describe('what is tested; absent in older records'),
      inRepository: inRepository.exactOptional().describe('absent outside git'),
      argv: list,
      host,
      request: request.exactOptional().describe('absent for a run of mutants'),
      shard: shard.exactOptional().describe('absent where one run has all jobs'),
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
      xpass: text.exactOptional().describe('why it was expected not to build, although it did'),
      durationMs: number.describe("from the column's turn until its machines could boot"),
    })
    .describe('a kernel and the module for it are built'),
  'build-failed': z
    .object({
      type: z.literal('build-failed'),
      ...column,
      status: z
        .enum(['fail', 'xfail', 'error'])
        .describe("`fail`: the module's fault; `xfail`: as expected"),
      reason: text.exactOptional().describe('why it was expected to fail'),
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
      reason: text
        .exactOptional()
        .describe('why it was skipped, was lost, or was expected to fail'),
      xpass: text.exactOptional().describe('why it was expected to fail, although it passed'),
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
        .describe(
          'checks of the kernel that a known finding turned off, for all of the test or its rest',
        ),
      flaky: failedTry.exactOptional().describe('the first try, if it passed on a retry'),
      replay: text
        .exactOptional()
        .describe('the folder in the record from which it can be run again'),
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
          'ends in the last runs, of tests whose ends differ; oldest first, without this run, a letter each: `p`ass, `f`ail, `s`kip, `x`fail, `e`rror, `m`iss, flak`y`',
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
