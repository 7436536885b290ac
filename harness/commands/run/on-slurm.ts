import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SHARD_SECONDS, type Plan } from '../../contract/plan.js'
import type { Project } from '../../project/project.js'
import { usageError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { during } from '../../platform/terminal/progress.js'
import { columnsOf } from '../../plan/columns.js'
import { makePlan } from '../../plan/make-plan.js'
import type { PlanRequest } from '../../plan/request.js'
import { requireContent } from '../../plan/shard.js'
import { mergeRecords } from '../../record/merge.js'
import { planIn } from '../../record/plan-file.js'
import { becomeLatest, recordsOf, runName } from '../../record/record.js'
import { isWholeRun } from '../../record/whole-run.js'
import { claimFolder, lackingShards } from '../../record/shard-folder.js'
import { cancel, hasEnded, jobsOf } from '../../scheduler/slurm/commands.js'
import { failingNodes, wordsOn } from '../../scheduler/slurm/failing-nodes.js'
import { submitPlan } from '../../scheduler/slurm/submit-plan.js'
import { compareRecord } from '../compare-record.js'
import { awaitShards } from './await-shards.js'
import { LiveShards } from './live-shards.js'
import type { RunResult } from './perform-run.js'
import { chooseJobs, planned, type RunContext } from './plan-run.js'

/** Shards without a sound result are submitted so often, and on while that brings results. */
const ROUNDS = 2

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

const sharedFolder = ({ root, state, slurm }: Project): string =>
  resolve(root, slurm.folder ?? join(state, 'slurm'))

/** @param isNew whether nothing of it was submitted yet: where Slurm refuses it, nothing stays */
export async function collect(
  plan: Plan,
  run: string,
  context: RunContext,
  isNew: boolean,
): Promise<RunResult> {
  const { project, signal, progress, report } = context
  const folder = join(sharedFolder(project), run)
  const shared = { folder, root: project.root, name: `modprove-${run}` }
  const live = new LiveShards(plan, join(recordsOf(project), run), report)
  const count = plan.shards.length
  const bad = new Set<string>()
  let isBegun = !isNew
  try {
    let missing = await lackingShards(folder, plan)
    for (let round = 1, left = count; missing.length > 0; round++) {
      if (round > ROUNDS && missing.length === left) break
      left = missing.length
      const earlier = await jobsOf(shared.name)
      if (earlier.every(hasEnded)) {
        progress.say(`${left} of ${count} shards go to Slurm, as ${shared.name}`)
        await submitPlan(plan, missing, shared, project.slurm, [...bad])
        isBegun = true
      }
      const ended = await during(progress, 'running on Slurm', undefined, step =>
        awaitShards(shared, earlier, live, { signal, step }),
      )
      missing = await lackingShards(folder, plan)
      for (const failing of failingNodes(ended, missing)) {
        progress.say(await wordsOn(failing, folder))
        if (failing.isBad) bad.add(failing.node)
      }
    }
  } catch (error) {
    if (signal.aborted) await cancel(shared.name)
    if (isBegun) progress.say(`To go on with it: modprove run --on slurm --resume ${run}`)
    else await rm(folder, { recursive: true, force: true })
    throw error
  }
  return merged(plan, run, live, project)
}

async function merged(
  plan: Plan,
  run: string,
  live: LiveShards,
  project: Project,
): Promise<RunResult> {
  const records = recordsOf(project)
  const folder = join(records, run)
  const target = { run, folder, argv: process.argv.slice(2) }
  // A record without the shards that came since: its shards have all that it had.
  await rm(folder, { recursive: true, force: true })
  const { counts, exitCode } = await mergeRecords([join(sharedFolder(project), run)], target)
  if (isWholeRun(plan.request)) becomeLatest(records, run)
  await compareRecord(folder, project, { remember: true })
  await live.take(folder, true)
  return { counts, exitCode, folder }
}
