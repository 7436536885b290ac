import { z } from 'zod'
import { status } from './result-schema.js'

const text = z.string()
const number = z.number()
const flag = z.boolean()
const list = z.array(text)

export const jobRef = z.object({
  id: text.describe('unique in its run, and a folder name: `6.1.192-plain/ring`'),
  kernel: text.describe(
    'as requested, the key of the history: a series, a release, `path:/src/linux`',
  ),
  series: text,
  release: text,
  flavour: text,
  suite: text.describe(
    "the suite file's name without `.suite.ts`, `.suite.c` or `.suite.sh`; `kselftest-sync`, `kunit`",
  ),
  mutant: text.exactOptional().describe('the bug that was planted in the module'),
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

export const content = z
  .object({
    module: text,
    suites: text,
    setup: text
      .exactOptional()
      .describe("of the project's configuration and its files; absent in older records"),
  })
  .describe('names the bytes of what is tested, and by what')

export const subject = z.object({
  project: text.describe(
    "the project's name: its configuration's, its `package.json`'s, or its folder's",
  ),
  folder: text.describe("the modules' folders, relative to the project, with spaces between"),
  modules: list.describe('names of the modules that their Kbuild files make; empty where unknown'),
})

export const inRepository = z.object({
  suites: text.describe("the folder from which lines of suites are named, from the repository's"),
  module: text.describe('the same for lines of the module'),
})

export const request = z.object({
  kernels: list,
  flavours: list,
  suites: list,
  grep: text.exactOptional(),
  bail: flag.exactOptional().describe('stop after the first test that does not pass'),
  buildOnly: flag.exactOptional().describe('no machine was started'),
  cold: flag,
  coverage: flag,
  retries: number.describe('maximum of retries of a failed test'),
  timeoutMs: number.exactOptional().describe('timeout of each test'),
  replayOf: text.exactOptional().describe('the run whose failure it runs again'),
})

export const shard = z
  .object({
    plan: text.describe("the plan's id"),
    index: number.describe('from 0'),
    of: number.describe('how many shards there are; of more than jobs, the last ones have none'),
  })
  .describe('a run of one shard of a plan')

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
  xfail: number.describe('how many failed as expected'),
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
