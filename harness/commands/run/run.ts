import { join } from 'node:path'
import type { JobRef } from '../../contract/events.js'
import type { Plan } from '../../contract/plan.js'
import { harnessError } from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import { withLockAt } from '../../platform/files/lock.js'
import { findRecord, readEvents } from '../../record/read.js'
import { columnName } from '../../record/run-progress.js'
import { claimFolder } from '../../record/shard-folder.js'
import { recordsOf } from '../../record/record.js'
import type { Bundle } from '../../plan/bundle/read-bundle.js'
import { columnRef, type Column } from '../../plan/column.js'
import { columnsOf } from '../../plan/columns.js'
import { columnsOfJobs } from '../../plan/columns-of-jobs.js'
import { contentNow, hostOf } from '../../plan/provenance.js'
import { recordedRequest, type RunRequest } from '../../plan/request.js'
import { jobsOfResume, requireResumable, requireSameJobs } from '../../plan/resume.js'
import {
  ownShard,
  requireColumns,
  requireContent,
  shardOf,
  type PlanShard,
} from '../../plan/shard.js'
import { dismissWorkers } from '../../scheduler/spare-workers.js'
import { Ledger } from './ledger.js'
import { performRun, type RunResult } from './perform-run.js'
import { chooseJobs, planRun, type ChosenJobs, type RunContext } from './plan-run.js'

/**
 * Plans, builds, runs and records. A kernel that cannot be built fails only its own column.
 * @throws ModproveError for usage errors before anything is built or recorded, and for errors that
 * would affect every job, after closing the record
 */
export const run = (request: RunRequest, context: RunContext): Promise<RunResult> =>
  withWorkers(async () => {
    const { project } = context
    const chosen = await chooseJobs(request, context, () => columnsOf(project, request, context))
    const { columns, jobs } = chosen
    if (request.shard === undefined || jobs.length === 0) return begin(chosen, request, context)
    const all = { request: recordedRequest(request), columns, jobs }
    const shard = await ownShard(project, all, request.shard)
    return begin(chosen, request, context, { shard })
  })

/**
 * Runs one shard of a plan.
 * @param folder of the records of shards
 * @param bundle what its columns are made of; absent: they are built here
 * @throws ModproveError `PLAN_CHANGED` when something is not as it was planned; as {@link run}
 */
export const runShard = (
  plan: Plan,
  index: number,
  own: Pick<RunRequest, 'accelerator' | 'slots'>,
  folder: string,
  context: RunContext,
  bundle?: Bundle,
): Promise<RunResult> =>
  withWorkers(async () => {
    const { project } = context
    const shard = shardOf(plan, index)
    await requireContent(plan, project)
    const request = { ...plan.request, ...own, bail: plan.request.bail ?? false, keep: false }
    const suites = [...new Set(shard.jobs.map(({ suite }) => suite))]
    // Another shard may have what counts.
    const chosen = await chooseJobs({ ...request, suites, coverage: false }, context, async () =>
      bundle === undefined
        ? columnsOfJobs(project, shard.jobs, context)
        : bundle.columnsOf(shard.jobs),
    )
    if (bundle === undefined) await requireColumns(plan, chosen.columns)
    const built = bundle === undefined ? {} : { builtOf: bundle.builtOf }
    return begin({ ...chosen, ...built }, request, context, { shard, folder })
  })

interface ShardTarget {
  readonly shard?: PlanShard
  readonly folder?: string
}

async function begin(
  chosen: ChosenJobs,
  whole: RunRequest,
  context: RunContext,
  { shard, folder }: ShardTarget = {},
): Promise<RunResult> {
  const { project, signal, report } = context
  const jobs = shard?.jobs ?? chosen.jobs
  const request = { ...whole, coverage: whole.coverage && areCounted(jobs, chosen.columns) }
  const isEmptyShard = shard !== undefined && jobs.length === 0
  const plan = await planRun({ ...chosen, jobs, isEmptyShard }, request, context)
  const host = await hostOf(plan.accelerator)
  const recorded = {
    request: recordedRequest(request),
    jobs,
    host,
    ...defined({ shard: shard?.ref, commit: shard?.plan.commit }),
  }
  const ledger = await Ledger.begin(project, recorded, report, folder)
  if (shard !== undefined && folder === undefined) await claimFolder(ledger.folder, shard.plan)
  return alone(ledger.folder, signal, () => performRun(plan, request, ledger, context))
}

/** Whether jobs run on a flavour that counts what is executed. */
const areCounted = (jobs: readonly JobRef[], columns: readonly Column[]): boolean =>
  columns.some(
    column =>
      column.flavour.coverage &&
      jobs.some(job => columnName(job) === columnName(columnRef(column))),
  )

/**
 * Resumes an interrupted run; finished jobs are not repeated.
 * @param name as {@link findRecord} takes it
 * @param own options that may differ from the first run's
 * @throws ModproveError `NOTHING_TO_RESUME`, `SOURCES_CHANGED`, `RELEASE_MOVED`, and as {@link run}
 */
export const resume = (
  name: string,
  own: Pick<RunRequest, 'accelerator' | 'keep' | 'slots' | 'baseline'>,
  context: RunContext,
): Promise<RunResult> =>
  withWorkers(async () => {
    const { project, signal, report } = context
    const folder = await findRecord(name, recordsOf(project))
    const content = () => contentNow(project)
    // Checked before the lock adds a file: a record that cannot be resumed stays untouched.
    await requireResumable(await readEvents(folder), content)
    return alone(folder, signal, async () => {
      // Read again under the lock: jobs that ended meanwhile must not be repeated.
      const events = await readEvents(folder)
      const request = { ...(await requireResumable(events, content)), ...own }
      const again = jobsOfResume(events, request.coverage)
      const columns = () => columnsOfJobs(project, again, context)
      const plan = await planRun(await chooseJobs(request, context, columns), request, context)
      requireSameJobs(plan.jobs, events)
      const host = await hostOf(plan.accelerator)
      const ledger = Ledger.resume(project, folder, events, host, report)
      return performRun(plan, request, ledger, context)
    })
  })

/** Ends unused prepared workers, also after an error. */
async function withWorkers<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } finally {
    await dismissWorkers()
  }
}

/** A record has one writer: two would mix two runs. */
const alone = <T>(folder: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> =>
  withLockAt(join(folder, 'writer.lock'), act, {
    signal,
    purpose: 'the run itself',
    waiting: holder => {
      throw harnessError('RUN_GOES_ON', `The run is still running: ${holder} writes ${folder}`, {
        remedy: 'Wait for its end, or stop it and resume',
      })
    },
  })
