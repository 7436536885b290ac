import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SHARD_SECONDS, type Plan } from '../../contract/plan.js'
import type { Project } from '../../project/project.js'
import { usageError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { during, type Step } from '../../platform/terminal/progress.js'
import { columnsOf } from '../../plan/columns.js'
import { makePlan } from '../../plan/make-plan.js'
import type { PlanRequest } from '../../plan/request.js'
import { requireContent } from '../../plan/shard.js'
import { mergeRecords } from '../../record/merge.js'
import { planIn } from '../../record/plan-file.js'
import { becomeLatest, recordsOf, runName } from '../../record/record.js'
import { isWholeRun } from '../../record/whole-run.js'
import {
  claimFolder,
  isSoundRecord,
  lackingShards,
  publishedIn,
} from '../../record/shard-folder.js'
import { cancel, queued, type QueuedJob } from '../../scheduler/slurm/commands.js'
import { submitPlan, type SharedRun } from '../../scheduler/slurm/submit-plan.js'
import { compareRecord } from '../compare-record.js'
import { LiveShards } from './live-shards.js'
import type { RunResult } from './perform-run.js'
import { chooseJobs, planned, type RunContext } from './plan-run.js'

/** Controllers are shared: they are asked seldom. */
const LOOK_MS = 2_000
/** How often shards are submitted that have no sound result: nodes and machines fail. */
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
  return collect(plan, run, context)
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
  return collect(plan, run, context)
}

const sharedFolder = ({ root, state, slurm }: Project): string =>
  resolve(root, slurm.folder ?? join(state, 'slurm'))

async function collect(plan: Plan, run: string, context: RunContext): Promise<RunResult> {
  const { project, signal, progress, report } = context
  const folder = join(sharedFolder(project), run)
  const shared = { folder, root: project.root, name: `modprove-${run}` }
  const live = new LiveShards(plan, join(recordsOf(project), run), report)
  const count = plan.shards.length
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const missing = await lackingShards(folder, plan)
      if (missing.length === 0) break
      if ((await queued(shared.name)).length === 0) {
        progress.say(`${missing.length} of ${count} shards go to Slurm, as ${shared.name}`)
        await submitPlan(plan, missing, shared, project.slurm)
      }
      await during(progress, 'running on Slurm', undefined, step =>
        untilEnded(shared, live, signal, step),
      )
    }
  } catch (error) {
    if (signal.aborted) await cancel(shared.name)
    progress.say(`To go on with it: modprove run --on slurm --resume ${run}`)
    throw error
  }
  return merged(plan, run, live, project)
}

/** Resolves when no job is left; reports shards as their records appear. */
async function untilEnded(
  { folder, name }: SharedRun,
  live: LiveShards,
  signal: AbortSignal,
  step: Step,
): Promise<void> {
  const seen = new Set<string>()
  for (;;) {
    // Asked before the results are looked for: what has left the queue has published them.
    const left = await queued(name)
    for (const record of await publishedIn(folder)) {
      if (seen.has(record.folder)) continue
      seen.add(record.folder)
      if (await isSoundRecord(record.folder)) await live.take(record.folder)
    }
    if (left.length === 0) return
    step.note(inWords(left))
    await sleep(LOOK_MS, undefined, { signal })
  }
}

/** `2 running, 14 pending (Resources)` */
function inWords(jobs: readonly QueuedJob[]): string {
  const counts = new Map<string, number>()
  for (const { state, reason } of jobs) {
    const what = reason === 'None' ? state.toLowerCase() : `${state.toLowerCase()} (${reason})`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ')
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
