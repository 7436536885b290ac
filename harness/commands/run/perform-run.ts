import { usageError } from '../../platform/errors.js'
import type { Counts } from '../../contract/events.js'
import { reportCoverage } from '../../session/modules/coverage.js'
import { machinesAtOnce } from '../../plan/machines-that-fit.js'
import type { RunRequest } from '../../plan/request.js'
import { runJobs } from '../../scheduler/pool.js'
import { OpenQueue } from '../../scheduler/queue.js'
import { buildColumns } from './build-columns.js'
import type { Ledger } from './ledger.js'
import type { RunContext, RunPlan } from './plan-run.js'

/** Idle machines for each busy one: short suites wait 3 times as long as they run. */
const IDLE_PER_BUSY = 3

export interface RunResult {
  readonly counts: Counts
  readonly exitCode: number
  /** Absolute folder of the record. */
  readonly folder: string
}

/**
 * Builds and runs what is planned, and closes the record.
 * @throws ModproveError for errors that would affect every job; the signal's reason
 */
export async function performRun(
  plan: RunPlan,
  request: RunRequest,
  ledger: Ledger,
  { project, signal: interrupted, progress }: RunContext,
): Promise<RunResult> {
  const queue = new OpenQueue()
  const stop = new AbortController()
  const signal = AbortSignal.any([interrupted, stop.signal, ledger.unwritable])
  const most = machinesAtOnce(request.slots, plan.fit)
  const slots = request.keep ? 1 : Math.max(1, Math.min(most, ledger.unfinished.length))
  const idle = Math.max(0, Math.min(slots * IDLE_PER_BUSY, plan.fit - slots))
  let fatal: Error | undefined
  let exitCode: number
  // The first failure stops the other; both are awaited, so that nothing is left behind.
  const failed = (error: Error): undefined => {
    if (stop.signal.aborted && error === stop.signal.reason) return
    stop.abort(error)
    fatal ??= error
  }
  try {
    const building = buildColumns({ project, plan, request, ledger, queue, signal, progress })
    const running = runJobs(queue, {
      slots,
      extraSlots: request.keep ? 0 : idle,
      signal,
      emit: ledger.emit,
      onKept: ({ job, ssh }) =>
        progress.say(`the machine of ${job} stays up until Ctrl+C:\n  ${ssh}`),
      bail: request.bail,
    })
      // After a bail, no further kernel is built.
      .then(() => stop.abort())
    const [built] = await Promise.all([building.catch(failed), running.catch(failed)])
    fatal ??= built?.wrongUse
    fatal ??= nothingRan(ledger.counts, request, plan)
    if (fatal === undefined && request.coverage && built !== undefined)
      ledger.emit(
        await reportCoverage(project, built.counted, `${ledger.folder}/coverage`, interrupted),
      )
  } finally {
    exitCode = await ledger.end(interrupted.aborted, plan.baseline, fatal)
  }
  fatal ??= ledger.unwritable.reason as Error | undefined
  if (fatal !== undefined) throw fatal
  return { counts: ledger.counts, exitCode, folder: ledger.folder }
}

function nothingRan(counts: Counts, { grep = '' }: RunRequest, plan: RunPlan): Error | undefined {
  if (plan.isEmptyShard === true) return undefined
  const { pass, fail, error, skip, xfail, miss } = counts
  if (pass + fail + error + skip + xfail + miss > 0) return undefined
  return usageError('NO_TESTS', `No test's name matches /${grep}/.`, {
    remedy: `Suites looked through: ${plan.suites.map(suite => suite.name).join(', ')}`,
  })
}
