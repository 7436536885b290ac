import { firstPlace, kernelKey } from '../../builder/index.js'
import type { Accelerator } from '../../platform/deadlines.js'
import { EXIT, ModproveError } from '../../platform/errors.js'
import type { JobRef, Problem } from '../../contract/events.js'
import { historyOf, readHistory } from '../../history/history.js'
import type { Progress } from '../../platform/progress.js'
import type { Project } from '../../project/project.js'
import { prepareColumn, type Column, type PreparedColumn } from '../../plan/columns.js'
import type { CountedColumn } from '../../session/coverage.js'
import type { Job } from '../../session/job.js'
import type { Ledger } from './ledger.js'
import { expectedDurations, longestFirst, longestPast } from '../../plan/past-durations.js'
import type { SuiteFile } from '../../plan/plan.js'
import { subjectOf } from '../../plan/subject.js'
import type { OpenQueue } from '../../scheduler/queue.js'

interface ColumnRequest {
  readonly suites: readonly string[]
  readonly grep?: string
  readonly bail: boolean
  readonly keep: boolean
  readonly cold: boolean
  readonly coverage: boolean
  readonly retries?: number
  readonly timeoutMs?: number
}

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
  plan: {
    readonly suites: readonly SuiteFile[]
    readonly columns: readonly Column[]
    readonly accelerator: Accelerator
  },
  request: ColumnRequest,
  site: Site,
): Promise<CountedColumn[]> {
  const { ledger, queue, signal, progress } = site
  const reading = subjectOf(project).then(subject =>
    readHistory(historyOf(project), subject, undefined, text => progress.say(text)),
  )
  // Awaited when the first column is built.
  reading.catch(() => undefined)
  const counted: CountedColumn[] = []
  try {
    const columns = await builtFirst(project, plan.columns)
    for (const column of columns) {
      const refs = [...ledger.unfinished.values()].filter(ref => isOf(ref, column))
      if (refs.length === 0 && !request.coverage) continue
      const begunMs = performance.now()
      const name = {
        kernel: column.kernel,
        series: column.series.name,
        release: column.release,
        flavour: column.flavour.name,
      }
      try {
        const machines = { accelerator: plan.accelerator, cold: request.cold }
        const prepared = await prepareColumn(project, column, machines, { signal, progress })
        const { source, key, compiler } = prepared.kernel
        const { warnings } = prepared.module
        const durationMs = performance.now() - begunMs
        ledger.emit({ type: 'column', ...name, source, key, compiler, warnings, durationMs })
        if (request.coverage && column.flavour.coverage) {
          const { coverageNotes: notes, compiledIn, sourcePrefix } = prepared.module
          const ids = plan.suites.map(suite => `${column.id}/${suite.name}`)
          const folders = ids.map(id => countsFolder(ledger, id))
          counted.push({ notes, compiledIn, sourcePrefix, folders })
        }
        const past = await reading
        const last = column === columns.at(-1)
        const jobs = refs.map(ref =>
          jobOf(ref, prepared, plan.suites, ledger, {
            ...request,
            coverage: request.coverage && column.flavour.coverage,
            pastMs: longestPast(past, ref, plan.accelerator),
            last: last && ref === refs.at(-1),
          }),
        )
        const lasts = expectedDurations(past)
        // Explicitly named suites keep their order.
        const named = request.suites.length > 0
        const ordered = named ? jobs : longestFirst(jobs, ({ ref }) => lasts(ref))
        queue.add(...ordered.map((job, at) => ({ ...job, following: ordered.length - at - 1 })))
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        const status = error.exitCode === EXIT.failed ? 'fail' : 'error'
        ledger.emit({ type: 'build-failed', ...name, status, problem: problemOf(error, project) })
      }
    }
  } finally {
    queue.close()
  }
  return counted
}

const isOf = (ref: JobRef, { kernel, flavour }: Column): boolean =>
  ref.kernel === kernel && ref.flavour === flavour.name

const countsFolder = (ledger: Ledger, id: string): string => `${ledger.job(id)}/counts`

function jobOf(
  ref: JobRef,
  prepared: PreparedColumn,
  suites: readonly SuiteFile[],
  ledger: Ledger,
  request: ColumnRequest & Pick<Job, 'pastMs'> & { readonly last: boolean },
): Job {
  const file = suites.find(({ name }) => name === ref.suite)?.file ?? ''
  return prepared.job(ref, file, ledger.job(ref.id), {
    bail: request.bail,
    retries: request.retries ?? 0,
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    ...(request.pastMs === undefined ? {} : { pastMs: request.pastMs }),
    ...(request.grep === undefined ? {} : { grep: request.grep }),
    ...(request.coverage ? { countsFolder: countsFolder(ledger, ref.id) } : {}),
    ...(request.keep ? { keep: request.last ? 'always' : 'failed' } : {}),
  })
}

/** Kernels in the cache come first. */
async function builtFirst({ kconfig }: Project, columns: readonly Column[]): Promise<Column[]> {
  const isBuilt = await Promise.all(
    columns.map(async ({ source, flavour }) => (await kernelKey(source, flavour, kconfig)).isBuilt),
  )
  return [...columns.filter((_, at) => isBuilt[at]), ...columns.filter((_, at) => !isBuilt[at])]
}

function problemOf({ code, detail, message, remedy }: ModproveError, { module }: Project): Problem {
  const evidence = [detail, remedy].filter(text => text !== undefined).join('\n')
  const at = firstPlace(detail ?? '', `${module.name}/`)
  return {
    kind: 'build',
    message,
    code,
    ...(evidence === '' ? {} : { detail: evidence }),
    ...(at === undefined ? {} : { at }),
  }
}
