import { z } from 'zod'
import { subject } from '../contract/run-schema.js'
import type { Data } from '../contract/data.js'
import type { ColumnView, JobView, RunView } from '../record/view.js'
import type { Subject, TestEnd } from '../contract/events.js'

/** Rises when the meaning of a line changes; lines of older versions are left out. */
export const ENTRY_VERSION = 2

const end = z.enum(['p', 'f', 's', 'x', 'e', 'm', 'y'])

/** A line of the history: a suite (or a build, without suite) on a kernel and flavour in a run. */
export const entrySchema = z.object({
  v: z.literal(ENTRY_VERSION),
  subject: subject.exactOptional().describe('absent where the record does not say it'),
  run: z.string(),
  at: z.string().describe('when the run began'),
  kernel: z.string(),
  release: z.string(),
  flavour: z.string(),
  suite: z.string().describe('empty for the build'),
  ends: z.record(z.string(), end),
  durationMs: z.number().exactOptional().describe('of the suite, if it ran to its end'),
  tookMs: z
    .record(z.string(), z.number())
    .exactOptional()
    .describe('of the tests that passed at the first try'),
  module: z.string(),
  suites: z.string(),
  source: z.string().describe('package and version; empty where it was not built'),
  compiler: z.string(),
  qemu: z.string(),
  accelerator: z.string(),
  commit: z.string().nullable(),
})

/** `p`ass, `f`ail, `s`kip, `x`fail, `e`rror, `m`iss, flak`y`. */
export type EndLetter = z.infer<typeof end>
export type HistoryEntry = Data<z.infer<typeof entrySchema>>
/** Test name for the build and boot of a column. */
const BUILD = 'kernel, module and machine come up'

const LETTERS = { pass: 'p', fail: 'f', skip: 's', xfail: 'x', error: 'e', miss: 'm' } as const

export const endLetter = ({ status, flaky }: Pick<TestEnd, 'status' | 'flaky'>): EndLetter => {
  if (flaky !== undefined) return 'y'
  return LETTERS[status]
}

/** Whether the test passed, perhaps on a retry. */
export const isGood = (end: EndLetter): boolean => end === 'p' || end === 'y'

/** Whether two runs tested the same module, which other modules may have been added to. */
export function isSameSubject(a: Subject, b: Subject): boolean {
  if (a.project !== b.project || a.folder !== b.folder) return false
  const areKnown = a.modules.length > 0 && b.modules.length > 0
  return !areKnown || a.modules.some(name => b.modules.includes(name))
}

/** Names a suite on a kernel and flavour in every run. */
export const jobKey = ({
  kernel,
  flavour,
  suite,
}: Pick<HistoryEntry, 'kernel' | 'flavour' | 'suite'>) => `${kernel}\n${flavour}\n${suite}`

export function entriesOf(view: RunView): HistoryEntry[] {
  return view.columns.flatMap(column => [
    ...buildEntry(view, column),
    ...column.jobs.filter(() => column.failed === undefined).map(job => entryOf(view, column, job)),
  ])
}

function buildEntry(view: RunView, column: ColumnView): HistoryEntry[] {
  const { built, failed } = column
  if (failed !== undefined) {
    const end = LETTERS[failed.status]
    return [{ ...common(view, column), suite: '', ends: { [BUILD]: end } }]
  }
  if (built === undefined) return []
  return [{ ...common(view, column), suite: '', ends: { [BUILD]: 'p' } }]
}

function entryOf(view: RunView, column: ColumnView, job: JobView): HistoryEntry {
  const ends = Object.fromEntries(job.results.map(result => [result.test, endLetter(result)]))
  const lasted = job.ended ? { durationMs: Math.round(job.durationMs) } : {}
  const passed = job.results.filter(result => endLetter(result) === 'p' && result.attempt === 1)
  const tookMs = Object.fromEntries(
    passed.map(({ test, durationMs }) => [test, Math.round(durationMs)]),
  )
  return { ...common(view, column), suite: job.ref.suite, ends, tookMs, ...lasted }
}

function common(view: RunView, column: ColumnView): Omit<HistoryEntry, 'suite' | 'ends'> {
  const { run, at, commit, content, host, subject } = view.start
  const { kernel, release, flavour, built } = column
  return {
    v: ENTRY_VERSION,
    ...(subject === undefined ? {} : { subject }),
    run,
    at,
    kernel,
    release,
    flavour,
    module: content.module,
    suites: content.suites,
    source: built?.source ?? '',
    compiler: built?.compiler ?? '',
    qemu: host.qemu,
    accelerator: host.accelerator,
    commit,
  }
}
