import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import type { RecordedRequest } from '../../contract/events.js'
import { withLockAt } from '../../platform/files/lock.js'
import { findRecord, readEvents } from '../../record/read.js'
import { recordsOf } from '../../record/record.js'
import { columnsOf, columnsOfJobs } from '../../plan/columns.js'
import { contentNow, hostOf } from '../../plan/provenance.js'
import type { RunRequest } from '../../plan/request.js'
import { jobsOfResume, requireResumable, requireSameJobs } from '../../plan/resume.js'
import { dismissWorkers } from '../../scheduler/spare-workers.js'
import { Ledger } from './ledger.js'
import { performRun, type RunResult } from './perform-run.js'
import { planRun, type RunContext } from './plan-run.js'

/**
 * Plans, builds, runs and records. A kernel that cannot be built fails only its own column.
 * @throws ModproveError for usage errors before anything is built or recorded, and for errors that
 * would affect every job, after closing the record
 */
export const run = (request: RunRequest, context: RunContext): Promise<RunResult> =>
  withWorkers(async () => {
    const { project, signal, report } = context
    const plan = await planRun(request, context, () => columnsOf(project, request, context))
    const host = await hostOf(plan.accelerator)
    const ledger = await Ledger.begin(project, recordedRequest(request), plan.jobs, host, report)
    return alone(ledger.folder, signal, () => performRun(plan, request, ledger, context))
  })

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
      const plan = await planRun(request, context, () => columnsOfJobs(project, again, context))
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

const recordedRequest = (request: RunRequest): RecordedRequest => ({
  kernels: request.kernels,
  flavours: request.flavours,
  suites: request.suites,
  ...(request.grep === undefined ? {} : { grep: request.grep }),
  ...(request.bail ? { bail: true } : {}),
  cold: request.cold,
  coverage: request.coverage,
  retries: request.retries ?? 0,
  ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
  ...(request.replayOf === undefined ? {} : { replayOf: request.replayOf }),
})
