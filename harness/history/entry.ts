import type { Subject } from '../contract/events.js'
import type { ColumnView, JobView, RunView, TestResult } from '../record/view.js'

/** Rises when a line of the history means something else than before; older lines are then left out. */
export const ENTRY_VERSION = 2

/** `p`ass, `f`ail, `s`kip, `e`rror, `m`iss, flak`y`. */
export type End = 'p' | 'f' | 's' | 'e' | 'm' | 'y'

/** What a test's end may be explained by. */
export interface Circumstances {
  readonly module: string
  readonly suites: string
  /** Package and version; empty, as the compiler is, where it was not built. */
  readonly source: string
  readonly compiler: string
  readonly qemu: string
  readonly accelerator: string
  readonly commit: string | null
}

/** One suite on one kernel and flavour in one run; a build, which has no suite, too. One line of the history. */
export interface Entry extends Circumstances {
  readonly v: typeof ENTRY_VERSION
  /** Absent where the run's record does not say it; such a line is compared with nothing. */
  readonly subject?: Subject
  readonly run: string
  /** When the run began. */
  readonly at: string
  readonly kernel: string
  readonly release: string
  readonly flavour: string
  /** Empty for the build. */
  readonly suite: string
  readonly ends: Readonly<Record<string, End>>
  /** Of the suite, when it came to its end; in milliseconds. */
  readonly durationMs?: number
  /** Of the tests that passed at the first try, in whole milliseconds. */
  readonly tookMs?: Readonly<Record<string, number>>
}

/** The name under which it is kept whether kernel and module could be built. */
const BUILD = 'kernel, module and machine come up'

export const endOf = ({ status, flaky }: Pick<TestResult, 'status' | 'flaky'>): End => {
  if (flaky !== undefined) return 'y'
  return ({ pass: 'p', fail: 'f', skip: 's', error: 'e', miss: 'm' } as const)[status]
}

/** Whether two runs tested the same: a module that was added, or renamed beside another, makes no other subject. */
export function isSameSubject(a: Subject, b: Subject): boolean {
  if (a.project !== b.project || a.folder !== b.folder) return false
  const areKnown = a.modules.length > 0 && b.modules.length > 0
  return !areKnown || a.modules.some(name => b.modules.includes(name))
}

/** Names the series of entries that one belongs to. */
export const placeOf = ({ kernel, flavour, suite }: Pick<Entry, 'kernel' | 'flavour' | 'suite'>) =>
  `${kernel}\n${flavour}\n${suite}`

/** What a run leaves in the history. */
export function entriesOf(view: RunView): Entry[] {
  return view.columns.flatMap(column => [
    ...buildEntry(view, column),
    ...column.jobs.filter(() => column.failed === undefined).map(job => entryOf(view, column, job)),
  ])
}

function buildEntry(view: RunView, column: ColumnView): Entry[] {
  const { built, failed } = column
  if (failed !== undefined) {
    const end = failed.status === 'fail' ? 'f' : 'e'
    return [{ ...common(view, column), suite: '', ends: { [BUILD]: end } }]
  }
  if (built === undefined) return []
  return [{ ...common(view, column), suite: '', ends: { [BUILD]: 'p' } }]
}

function entryOf(view: RunView, column: ColumnView, job: JobView): Entry {
  const ends = Object.fromEntries(job.results.map(result => [result.test, endOf(result)]))
  const lasted = job.ended ? { durationMs: Math.round(job.durationMs) } : {}
  const passed = job.results.filter(result => endOf(result) === 'p' && result.attempt === 1)
  const tookMs = Object.fromEntries(
    passed.map(({ test, durationMs }) => [test, Math.round(durationMs)]),
  )
  return { ...common(view, column), suite: job.ref.suite, ends, tookMs, ...lasted }
}

function common(view: RunView, column: ColumnView): Omit<Entry, 'suite' | 'ends'> {
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
