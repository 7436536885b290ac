import { firstPlace, kernelKey } from '../../builder/index.js'
import { EXIT, ModproveError } from '../../platform/errors.js'
import type { JobRef } from '../../contract/events.js'
import { historyOf, readHistory } from '../../history/history.js'
import type { Progress } from '../../platform/progress.js'
import { sourcePaths } from '../../project/module-sources.js'
import type { Project } from '../../project/project.js'
import { columnName } from '../../record/progress.js'
import { prepareColumn, type Column } from '../../plan/columns.js'
import type { CountedColumn } from '../../session/coverage.js'
import type { Ledger } from './ledger.js'
import { expectedDurations, longestFirst, longestPast } from '../../plan/past-durations.js'
import type { RunRequest } from '../../plan/request.js'
import { subjectOf } from '../../plan/subject.js'
import type { OpenQueue } from '../../scheduler/queue.js'
import { problemOf } from '../../worker/attempt.js'
import { jobId, columnIdentity, type RunPlan } from './plan-run.js'

interface Site {
  readonly ledger: Ledger
  /** Closed when no more jobs will be added. */
  readonly queue: OpenQueue
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Builds columns in turn, those with a cached kernel first, and queues each column's jobs when it
 * is built: they run while the next one compiles.
 * @returns where coverage data is, for columns that measure it
 * @throws ModproveError for errors outside a column; the signal's reason
 */
export async function buildColumns(
  project: Project,
  plan: RunPlan,
  request: RunRequest,
  { ledger, queue, signal, progress }: Site,
): Promise<CountedColumn[]> {
  const reading = subjectOf(project).then(subject =>
    readHistory(historyOf(project), subject, undefined, text => progress.say(text)),
  )
  // Awaited when the first column is built.
  reading.catch(() => undefined)
  const counted: CountedColumn[] = []
  const build = async (column: Column, refs: readonly JobRef[], isLast: boolean): Promise<void> => {
    const begunMs = performance.now()
    const machines = { accelerator: plan.accelerator, cold: request.cold }
    const prepared = await prepareColumn(project, column, machines, { signal, progress })
    const { source, key, compiler } = prepared.kernel
    const { warnings, coverageNotes: notes, compiledIn } = prepared.module
    const durationMs = performance.now() - begunMs
    ledger.emit({
      type: 'column',
      ...columnIdentity(column),
      source,
      key,
      compiler,
      warnings,
      durationMs,
    })
    const isCounted = request.coverage && column.flavour.coverage
    if (isCounted) {
      const folders = plan.suites.map(({ name }) => countsFolder(ledger, jobId(column, name)))
      counted.push({ notes, compiledIn, folders })
    }
    const counts = { compiledIn, objects: Object.keys(notes) }
    const past = await reading
    const jobs = refs.map(ref => {
      const file = plan.suites.find(({ name }) => name === ref.suite)?.file ?? ''
      const keep = isLast && ref === refs.at(-1) ? 'always' : 'failed'
      return prepared.job(ref, file, ledger.job(ref.id), {
        bail: request.bail,
        retries: request.retries ?? 0,
        pastMs: longestPast(past, ref, plan.accelerator),
        ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
        ...(request.grep === undefined ? {} : { grep: request.grep }),
        ...(isCounted ? { counts: { ...counts, folder: countsFolder(ledger, ref.id) } } : {}),
        ...(request.keep ? { keep } : {}),
      })
    })
    const lasts = expectedDurations(past)
    // Explicitly named suites keep their order.
    const ordered = request.suites.length > 0 ? jobs : longestFirst(jobs, ({ ref }) => lasts(ref))
    queue.add(...ordered.map((job, at) => ({ ...job, following: ordered.length - at - 1 })))
  }
  try {
    const columns = await builtFirst(project, plan.columns)
    for (const column of columns) {
      const name = columnIdentity(column)
      const refs = ledger.unfinished.filter(ref => columnName(ref) === columnName(name))
      if (refs.length === 0 && !request.coverage) continue
      try {
        await build(column, refs, column === columns.at(-1))
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        const status = error.exitCode === EXIT.failed ? 'fail' : 'error'
        const at = firstPlace(error.detail ?? '', sourcePaths(project.module))
        const problem = { ...problemOf(error, 'build'), ...(at === undefined ? {} : { at }) }
        ledger.emit({ type: 'build-failed', ...name, status, problem })
      }
    }
  } finally {
    queue.close()
  }
  return counted
}

const countsFolder = (ledger: Ledger, id: string): string => `${ledger.job(id)}/counts`

/** Kernels in the cache come first. */
async function builtFirst({ kconfig }: Project, columns: readonly Column[]): Promise<Column[]> {
  const isBuilt = await Promise.all(
    columns.map(async ({ source, flavour }) => (await kernelKey(source, flavour, kconfig)).isBuilt),
  )
  return [...columns.filter((_, at) => isBuilt[at]), ...columns.filter((_, at) => !isBuilt[at])]
}
