import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Plan } from '../../contract/plan.js'
import type { Project } from '../../project/project.js'
import { during } from '../../platform/terminal/progress.js'
import { mergeRecords } from '../../record/merge.js'
import { becomeLatest, recordsOf } from '../../record/record.js'
import { isWholeRun } from '../../record/whole-run.js'
import { lackingShards } from '../../record/shard-folder.js'
import { cancel, hasEnded, jobsOf } from '../../scheduler/slurm/commands.js'
import { failingNodes, wordsOn } from '../../scheduler/slurm/failing-nodes.js'
import { submitPlan } from '../../scheduler/slurm/submit-plan.js'
import { compareRecord } from '../compare-record.js'
import { awaitShards } from './await-shards.js'
import { LiveShards } from './live-shards.js'
import type { RunResult } from './perform-run.js'
import type { RunContext } from './plan-run.js'

/** Shards without a sound result are submitted so often, and on while that brings results. */
const ROUNDS = 2

/** Of the runs on a cluster. */
export const sharedFolder = ({ root, state, slurm }: Project): string =>
  resolve(root, slurm.folder ?? join(state, 'slurm'))

/**
 * Submits what has no result, follows it, and merges what came.
 * @param isNew whether nothing of it was submitted yet: where Slurm refuses it, nothing stays
 */
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
