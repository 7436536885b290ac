import { z } from 'zod'

const text = z.string()
const number = z.number()

export const status = z.enum(['pass', 'fail', 'skip', 'xfail', 'error', 'miss'])

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
  z
    .object({ again: number, frames: number.exactOptional() })
    .describe('number of further repetitions of the frame above, or of so many'),
  z.object({ note: text, location: sourceLine.exactOptional() }),
])

export const finding = z.object({
  kind: text,
  title: text.describe('the same for the same bug in every run'),
  location: sourceLine.exactOptional().describe("in the module's source"),
  trace: z
    .array(traceLine)
    .describe(
      'the stack at fault, innermost first, then the others: frames (_trace frame_), and between them `stack` (heading of a further stack), `more` (number of frames left out), `again` (number of further repetitions of the frame above, or of the `frames` above), `note`',
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

/** What speaks against a test, by the kind of its problem. */
const PROBLEM_KINDS = {
  assertion: "an assertion failed, or the test's TAP stream is broken",
  thrown: "the test, its modules' load or its suite file threw an error",
  'wrong-use': 'its suite file, a call in it, or what names it is wrong: nothing was tested',
  unfinished: 'a subtest or teardown never ended',
  'nothing-asserted': 'it made no assertion',
  'unexpected-pass': 'it passed although it is strictly expected to fail',
  finding: 'a finding while it ran',
  late: "a finding, or the machine's end, too late to be attributed to it",
  taint: 'the kernel is tainted',
  'left-behind': 'a value differs from before it',
  'left-running': 'a process outlived the command that started it',
  overrun: 'it exceeded its timeout',
  death: 'its machine ended',
  'no-boot': 'its machine did not come up',
  worker: 'it ended or blocked its worker process',
  'worker-lost': "its worker process was killed, stopped, or failed by an error of modprove's",
  'log-lost': 'records of the kernel log were overwritten before they were read',
  unguarded: 'a check of the kernel is off',
  'not-asked': "the guest did not answer a query at the suite's end",
  stopped: 'the machine was suspended, which triggered its watchdogs',
  stray: 'an error that nobody awaited',
  build: 'a kernel or its module could not be built, or a bug not planted',
  unknown: 'from an older record without kinds',
} as const

export const problemKind = z
  .enum(Object.keys(PROBLEM_KINDS) as (keyof typeof PROBLEM_KINDS)[])
  .describe(
    Object.entries(PROBLEM_KINDS)
      .map(([kind, what]) => `\`${kind}\`: ${what}`)
      .join('; '),
  )

export const problem = z.object({
  kind: problemKind,
  message: text,
  code: text.exactOptional().describe("of an error of modprove's: `MODULE_DOES_NOT_LOAD`"),
  detail: text.exactOptional().describe('a diff, a stack, a part of a log'),
  firstError: text.exactOptional().describe('of a compiler: `module/ring.c:12:3: error: …`'),
  at: sourceLine
    .exactOptional()
    .describe('in the suite, or in the module where it hangs or does not build'),
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
