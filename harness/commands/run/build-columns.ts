import { kernelKey } from '../../builder/index.js'
import { ModproveError } from '../../platform/errors.js'
import type { JobRef } from '../../contract/events.js'
import { historyOf, readHistory, type PastResults } from '../../history/history.js'
import { defined, pick } from '../../platform/pick.js'
import type { Progress } from '../../platform/terminal/progress.js'
import { expectedOn } from '../../project/expected-on.js'
import type { Project } from '../../project/project.js'
import { columnName } from '../../record/run-progress.js'
import type { BuildFailed } from '../../record/view.js'
import { columnRef, type Column } from '../../plan/column.js'
import { prepareBuilt, prepareColumn, type PreparedColumn } from '../../plan/prepare-column.js'
import type { CountedColumn } from '../../session/modules/coverage.js'
import type { Job } from '../../session/job.js'
import type { Ledger } from './ledger.js'
import { expectedDurations, longestFirst, longestPast } from '../../plan/past-durations.js'
import type { RunRequest } from '../../plan/request.js'
import { subjectOf } from '../../plan/subject.js'
import type { OpenQueue } from '../../scheduler/queue.js'
import { problemOf } from '../../verdict/index.js'
import { kselftestTargets } from '../../plan/kernel-tests.js'
import { tellsWhatIsLeft } from '../../plan/suite-files.js'
import type { RunPlan } from './plan-run.js'
import { jobId } from './planned-jobs.js'

interface Site {
  readonly project: Project
  readonly plan: RunPlan
  readonly request: RunRequest
  readonly ledger: Ledger
  /** Closed when no more jobs will be added. */
  readonly queue: OpenQueue
  readonly signal: AbortSignal
  readonly progress: Progress
}

interface BuiltColumns {
  /** Where coverage data is, for columns that measure it. */
  readonly counted: readonly CountedColumn[]
  /** The first mistake of the configuration that shows only when a kernel is built for it. */
  readonly wrongUse: ModproveError | undefined
}

/**
 * Builds columns in turn, those with a cached kernel first, and queues each column's jobs when it
 * is built: they run while the next one compiles.
 * @throws ModproveError for errors outside a column; the signal's reason
 */
export async function buildColumns(site: Site): Promise<BuiltColumns> {
  const { project, plan, request, ledger, queue, signal, progress } = site
  const reading = subjectOf(project).then(subject =>
    readHistory(historyOf(project), subject, undefined, text => progress.say(text)),
  )
  // Awaited when the first column is built.
  reading.catch(() => undefined)
  const counted: CountedColumn[] = []
  let wrongUse: ModproveError | undefined
  try {
    const columns = plan.builtOf === undefined ? await builtFirst(plan.columns) : plan.columns
    for (const column of columns) {
      const ref = columnRef(column)
      const refs = ledger.unfinished.filter(job => columnName(job) === columnName(ref))
      if (refs.length === 0 && !request.coverage) continue
      try {
        const prepared = await build(column, site)
        if (isCounted(column, request)) counted.push(countedColumn(column, prepared, site))
        const isLast = column === columns.at(-1)
        queue.add(...jobsOf(refs, { column, isLast, prepared, past: await reading }, site))
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        if (error.outcome === 'usage') {
          wrongUse ??= error
          continue
        }
        const problem = problemOf(error, 'build')
        ledger.emit({ type: 'build-failed', ...ref, ...buildEnd(error, project, column), problem })
      }
    }
  } finally {
    queue.close()
  }
  return { counted, wrongUse }
}

async function build(
  column: Column,
  { project, plan, request, ledger, signal, progress }: Site,
): Promise<PreparedColumn> {
  const since = performance.now()
  const { cold, buildOnly: onlyBuilt = false } = request
  const machines = { accelerator: plan.accelerator, cold, onlyBuilt }
  const targets = onlyBuilt ? [] : kselftestTargets(plan.suites.map(({ file }) => file))
  const work = { signal, progress }
  const prepared =
    plan.builtOf === undefined
      ? await prepareColumn(project, column, machines, work, targets)
      : await prepareBuilt(project, column, plan.builtOf(column), machines, work)
  ledger.emit({
    type: 'column',
    ...columnRef(column),
    ...pick(prepared.kernel, 'source', 'key', 'compiler'),
    warnings: prepared.module.warnings,
    durationMs: Math.round(performance.now() - since),
    ...defined({ xpass: whyNotBuilt(project, column) }),
  })
  return prepared
}

function buildEnd(
  { outcome }: ModproveError,
  project: Project,
  column: Column,
): Pick<BuildFailed, 'status' | 'reason'> {
  if (outcome !== 'failed') return { status: 'error' }
  const reason = whyNotBuilt(project, column)
  return reason === undefined ? { status: 'fail' } : { status: 'xfail', reason }
}

/** Why the modules are expected not to build; undefined if they are not. */
const whyNotBuilt = ({ xfail }: Project, { series, flavour }: Column): string | undefined =>
  expectedOn(xfail, { series, flavour: flavour.name }).find(({ what }) => what === 'build')?.reason

const isCounted = ({ flavour }: Column, { coverage }: RunRequest): boolean =>
  coverage && flavour.coverage

function countedColumn(
  column: Column,
  { module }: PreparedColumn,
  { plan, ledger }: Site,
): CountedColumn {
  const { coverageNotes: notes, compiledIn } = module
  const folders = plan.suites.map(({ name }) => countsFolder(ledger, jobId(column, name)))
  return { notes, compiledIn, folders }
}

interface ReadyColumn {
  readonly column: Column
  /** No other column follows. */
  readonly isLast: boolean
  readonly prepared: PreparedColumn
  readonly past: PastResults
}

/** A column's jobs in the order in which they run. */
function jobsOf(
  refs: readonly JobRef[],
  { column, isLast, prepared, past }: ReadyColumn,
  { plan, request, ledger }: Site,
): Job[] {
  const { bail, retries = 0, timeoutMs, grep } = request
  const { coverageNotes, compiledIn } = prepared.module
  const counts = { compiledIn, objects: Object.keys(coverageNotes) }
  const lasts = expectedDurations(past)
  // Explicitly named suites keep their order.
  const ordered = request.suites.length > 0 ? refs : longestFirst(refs, lasts)
  const fileOf = ({ suite }: JobRef) => plan.suites.find(({ name }) => name === suite)?.file ?? ''
  return ordered.map((ref, at) => {
    const file = fileOf(ref)
    const others = ordered.filter(each => each !== ref).map(fileOf)
    const following = ordered.length - at - 1
    const keep = isLast && following === 0 ? 'always' : 'failed'
    return prepared.job(ref, file, ledger.makeJobFolder(ref.id), {
      bail,
      retries,
      pastMs: longestPast(past, ref, plan.accelerator),
      following,
      leftIsTold: tellsWhatIsLeft(others, grep),
      ...defined({ timeoutMs, grep }),
      ...(isCounted(column, request)
        ? { counts: { ...counts, folder: countsFolder(ledger, ref.id) } }
        : {}),
      ...(request.keep ? { keep } : {}),
    })
  })
}

const countsFolder = (ledger: Ledger, id: string): string => `${ledger.makeJobFolder(id)}/counts`

/** Kernels in the cache come first. */
async function builtFirst(columns: readonly Column[]): Promise<Column[]> {
  const isBuilt = await Promise.all(
    columns.map(async ({ source, flavour }) => (await kernelKey(source, flavour)).isBuilt),
  )
  return [...columns.filter((_, at) => isBuilt[at]), ...columns.filter((_, at) => !isBuilt[at])]
}
