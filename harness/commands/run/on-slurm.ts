import { join } from 'node:path'
import { SHARD_SECONDS } from '../../contract/plan.js'
import { usageError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { columnsOf } from '../../plan/columns.js'
import { makePlan } from '../../plan/make-plan.js'
import type { PlanRequest } from '../../plan/request.js'
import { requireContent } from '../../plan/shard.js'
import { planIn } from '../../record/plan-file.js'
import { recordsOf, runName } from '../../record/record.js'
import { claimFolder, lackingShards } from '../../record/shard-folder.js'
import { collect, sharedFolder } from './collect-shards.js'
import type { RunResult } from './perform-run.js'
import { chooseJobs, planned, type RunContext } from './plan-run.js'

/**
 * Runs on a cluster: Slurm builds the kernels and runs the shards of a plan; their records are
 * merged here into one, which is as that of a run on this host.
 *
 * @throws ModproveError for usage errors, `SLURM_MISSING`, `SLURM_REFUSED`; the signal's reason,
 * after Slurm's jobs were ended
 */
export async function runOnSlurm(request: PlanRequest, context: RunContext): Promise<RunResult> {
  const { project } = context
  const chosen = await chooseJobs(request, context, () => columnsOf(project, request, context))
  const how = { seconds: project.slurm.seconds ?? SHARD_SECONDS }
  const plan = await makePlan(project, await planned(chosen, request, context), how)
  const run = runName(new Date())
  await claimFolder(join(sharedFolder(project), run), plan)
  return collect(plan, run, context, true)
}

/**
 * Goes on with a run whose login session ended: its jobs may be running still.
 * @throws ModproveError `UNKNOWN_RUN`, `PLAN_CHANGED`, and as {@link runOnSlurm}
 */
export async function resumeOnSlurm(run: string, context: RunContext): Promise<RunResult> {
  const folder = sharedFolder(context.project)
  const plan = await planIn(join(folder, run))
  if (plan === undefined) {
    throw usageError('UNKNOWN_RUN', `${folder} has no run "${run}"`, {
      remedy: `Name one of its folders: ls ${folder}`,
    })
  }
  const lacking = await lackingShards(join(folder, run), plan)
  if (lacking.length === 0 && (await isThere(join(recordsOf(context.project), run)))) {
    throw usageError('NOTHING_TO_RESUME', `${run} is complete`, {
      remedy: 'Start a new one: modprove run --on slurm',
    })
  }
  await requireContent(plan, context.project)
  return collect(plan, run, context, false)
}
