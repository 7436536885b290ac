import { join } from 'node:path'
import { harnessError, usageError } from '../../platform/errors.js'
import { patternOf } from '../../platform/test-matcher.js'
import type { Counts, JobRef, RecordedRequest, RunEvent } from '../../contract/events.js'
import { calibrateDeadlines } from '../../platform/host-slowness.js'
import { withLockAt } from '../../platform/lock.js'
import type { Progress } from '../../platform/progress.js'
import type { Project } from '../../project/project.js'
import { findRecord, readEvents } from '../../record/read.js'
import { recordsOf } from '../../record/record.js'
import { readRun } from '../../record/require-run.js'
import type { RunView } from '../../record/view.js'
import { chooseAccelerator, type Accelerator } from '../../vm/index.js'
import { buildColumns } from './build-columns.js'
import { columnsOf, columnsOfJobs, resolveFlavours, type Column } from '../../plan/columns.js'
import { reportCoverage, requireCounting } from '../../session/coverage.js'
import type { KeptMachine } from '../../session/job.js'
import { declaredTests, suitesWith } from '../../scheduler/declared-tests.js'
import { Ledger } from './ledger.js'
import { machinesAtOnce, machinesThatFit } from '../../plan/machines-that-fit.js'
import { allSuites, selectSuites, type SuiteFile } from '../../plan/plan.js'
import { runJobs } from '../../scheduler/pool.js'
import { contentNow, hostOf } from '../../plan/provenance.js'
import { OpenQueue } from '../../scheduler/queue.js'
import type { RunRequest } from '../../plan/request.js'
import { jobsOfResume, requireResumable, requireSameJobs } from '../../plan/resume.js'
import { dismissWorkers, prepareWorkers } from '../../scheduler/spare-workers.js'

/**
 * Idle machines kept per working one (see `rest` of a job): short suites wait 3 times as long as
 * they run.
 */
const RESTING = 3

export interface RunContext {
  readonly project: Project
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly report: (event: RunEvent) => void
}

export interface RunResult {
  readonly counts: Counts
  readonly exitCode: number
  /** Absolute folder of the record. */
  readonly folder: string
}

/**
 * Plans, builds, runs and records. A kernel that cannot be built fails only its own column.
 * @throws ModproveError for usage errors before anything is built or recorded, and for errors that
 * would affect every job, after closing the record
 */
export const run = (request: RunRequest, context: RunContext): Promise<RunResult> =>
  withWorkers(async () => {
    const plan = await planOf(request, context, () => columnsOf(request, context))
    const host = await hostOf(plan.accelerator)
    const jobs = plan.columns.flatMap(column => refsOf(column, plan.suites))
    const ledger = await Ledger.begin(context.project, asked(request), jobs, host, context.report)
    return alone(ledger.folder, context.signal, () => runPlan(plan, request, ledger, context))
  })

/** Ends unused prepared workers, also after an error. */
async function withWorkers<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await dismissWorkers()
  }
}

/** A record has one writer: two would mix two runs. */
const alone = <T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
  withLockAt(join(folder, 'writer.lock'), work, {
    signal,
    purpose: 'the run itself',
    waiting: holder => {
      throw harnessError('RUN_GOES_ON', `The run is still running: ${holder} writes ${folder}`, {
        remedy: 'Wait for its end, or stop it and resume',
      })
    },
  })

/**
 * Resumes an interrupted run; finished jobs are not repeated.
 * @param name as {@link findRecord} takes it
 * @param own options that may differ from the first run's
 * @throws ModproveError `NOTHING_TO_RESUME`, `SOURCES_CHANGED`, `RELEASE_MOVED`, and as {@link run}
 */
export const resume = (
  name: string,
  own: Pick<RunRequest, 'accelerator' | 'slots' | 'baseline'>,
  context: RunContext,
): Promise<RunResult> =>
  withWorkers(async () => {
    const { project } = context
    const folder = await findRecord(name, recordsOf(project))
    const content = () => contentNow(project)
    // Checked before the lock adds a file: a record that cannot be resumed stays untouched.
    await requireResumable(await readEvents(folder), content)
    return alone(folder, context.signal, async () => {
      // Read again under the lock: jobs that ended meanwhile must not be repeated.
      const events = await readEvents(folder)
      const request = { ...(await requireResumable(events, content)), ...own }
      const again = jobsOfResume(events, request.coverage)
      const plan = await planOf(request, context, () => columnsOfJobs(again, context))
      requireSameJobs(
        plan.columns.flatMap(column => refsOf(column, plan.suites)),
        events,
      )
      const host = await hostOf(plan.accelerator)
      const ledger = Ledger.resume(project, folder, events, host, context.report)
      return runPlan(plan, request, ledger, context)
    })
  })

interface Plan {
  readonly suites: readonly SuiteFile[]
  readonly columns: readonly Column[]
  readonly accelerator: Accelerator
  /** Number of machines that fit into free memory. */
  readonly fit: number
  readonly baseline?: RunView
}

/** Validates the request before anything is built or recorded. */
async function planOf(
  request: RunRequest,
  context: RunContext,
  choose: () => Promise<readonly Column[]>,
): Promise<Plan> {
  if (request.grep !== undefined) patternOf(request.grep, '--grep takes a regular expression')
  const { project } = context
  const named = await selectSuites(request.suites, allSuites(project.suites))
  const { grep } = request
  const suites =
    grep === undefined
      ? named
      : suitesWith(
          named,
          grep,
          await declaredTests(
            project,
            named.map(({ file }) => file),
            context.signal,
          ),
        )
  const fit = await machinesThatFit(await resolveFlavours(request.flavours), request.slots)
  prepareWorkers(workersWanted(request, suites, fit))
  const columns = await choose()
  if (request.coverage) requireCounting(columns.map(column => column.flavour))
  // Before the new record exists, which would be the latest.
  const baseline =
    request.baseline === undefined
      ? undefined
      : await readRun(await findRecord(request.baseline, recordsOf(project)))
  await calibrateDeadlines(context.progress)
  const accelerator = await chooseAccelerator(request.accelerator, {
    signal: context.signal,
    say: line => context.progress.say(line),
  })
  return { suites, columns, accelerator, fit, ...(baseline === undefined ? {} : { baseline }) }
}

/** As many as machines, as far as known before kernels are resolved. */
const workersWanted = (
  { kernels, flavours, keep, slots }: RunRequest,
  suites: readonly SuiteFile[],
  fit: number,
): number => {
  const jobs = suites.length * kernels.length * flavours.length
  return keep ? 1 : Math.min(machinesAtOnce(undefined, fit), slots ?? Infinity, jobs)
}

const refsOf = (column: Column, suites: readonly SuiteFile[]): JobRef[] =>
  suites.map(({ name: suite }) => {
    const { kernel, release, series, flavour } = column
    return {
      id: `${column.id}/${suite}`,
      kernel,
      series: series.name,
      release,
      flavour: flavour.name,
      suite,
    }
  })

const asked = (request: RunRequest): RecordedRequest => ({
  kernels: request.kernels,
  flavours: request.flavours,
  suites: request.suites,
  ...(request.grep === undefined ? {} : { grep: request.grep }),
  cold: request.cold,
  coverage: request.coverage,
  retries: request.retries ?? 0,
  ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
  ...(request.replayOf === undefined ? {} : { replayOf: request.replayOf }),
})

async function runPlan(
  plan: Plan,
  request: RunRequest,
  ledger: Ledger,
  context: RunContext,
): Promise<RunResult> {
  const queue = new OpenQueue()
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal, ledger.unwritable])
  const building = buildColumns(context.project, plan, request, {
    ledger,
    queue,
    signal,
    progress: context.progress,
  })
  const onKept = (machine: KeptMachine): void => {
    context.progress.say(`the machine of ${machine.job} stays up until Ctrl+C:\n  ${machine.ssh}`)
  }
  const { fit } = plan
  const most = machinesAtOnce(request.slots, fit)
  const slots = request.keep ? 1 : Math.max(1, Math.min(most, ledger.unfinished.size))
  const relief = request.keep ? 0 : Math.max(0, Math.min(slots * RESTING, fit - slots))
  let fatal: Error | undefined
  let exitCode: number
  try {
    const pool = runJobs(queue, {
      slots,
      relief,
      signal,
      emit: ledger.emit,
      onKept,
      bail: request.bail,
    })
      // After a bail, no further kernel is built.
      .then(() => stop.abort())
    // The first failure stops the other; both are awaited, so that nothing is left behind.
    await Promise.all(
      [building, pool].map(work =>
        (work as Promise<unknown>).catch((error: Error) => {
          if (stop.signal.aborted && error === stop.signal.reason) return
          stop.abort(error)
          fatal ??= error
        }),
      ),
    )
    fatal ??= nothingRan(ledger.counts, request, plan)
    if (fatal === undefined && request.coverage) {
      const counted = await building
      ledger.emit(
        await reportCoverage(context.project, counted, `${ledger.folder}/coverage`, context.signal),
      )
    }
  } finally {
    exitCode = await ledger.end(context.signal.aborted, plan.baseline, fatal)
  }
  fatal ??= ledger.unwritable.reason as Error | undefined
  if (fatal !== undefined) throw fatal
  return { counts: ledger.counts, exitCode, folder: ledger.folder }
}

function nothingRan(counts: Counts, { grep = '' }: RunRequest, plan: Plan): Error | undefined {
  const { pass, fail, error, skip, miss } = counts
  if (pass + fail + error + skip + miss > 0) return undefined
  return usageError('NO_TESTS', `No test's name matches /${grep}/.`, {
    remedy: `Suites looked through: ${plan.suites.map(suite => suite.name).join(', ')}`,
  })
}
