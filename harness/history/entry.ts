import type { ColumnView, JobView, RunView, TestResult } from '../record/view.js'

/** Rises when a line of the history means something else than before; older lines are then left out. */
export const ENTRY_VERSION = 1

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
  readonly run: string
  /** When the run began. */
  readonly at: string
  readonly kernel: string
  readonly release: string
  readonly flavour: string
  /** Empty for the build. */
  readonly suite: string
  /** Not all of the suite's tests were asked for. */
  readonly partial: boolean
  readonly ends: Readonly<Record<string, End>>
  /** Of the suite, when it came to its end; in milliseconds. Absent in lines of earlier versions. */
  readonly durationMs?: number
}

/** The name under which it is kept whether kernel and module could be built. */
export const BUILD = 'kernel, module and machine come up'

export const endOf = ({ status, flaky }: Pick<TestResult, 'status' | 'flaky'>): End => {
  if (flaky !== undefined) return 'y'
  return ({ pass: 'p', fail: 'f', skip: 's', error: 'e', miss: 'm' } as const)[status]
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
    return [{ ...common(view, column), suite: '', partial: false, ends: { [BUILD]: end } }]
  }
  if (built === undefined) return []
  return [{ ...common(view, column), suite: '', partial: false, ends: { [BUILD]: 'p' } }]
}

function entryOf(view: RunView, column: ColumnView, job: JobView): Entry {
  const ends = Object.fromEntries(job.results.map(result => [result.test, endOf(result)]))
  const partial = view.start.request?.grep !== undefined
  const lasted = job.ended ? { durationMs: Math.round(job.durationMs) } : {}
  return { ...common(view, column), suite: job.ref.suite, partial, ends, ...lasted }
}

function common(view: RunView, column: ColumnView): Omit<Entry, 'suite' | 'partial' | 'ends'> {
  const { run, at, commit, content, host } = view.start
  const { kernel, release, flavour, built } = column
  return {
    v: ENTRY_VERSION,
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
