import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from '../../platform/terminal/progress.js'
import { isSoundRecord, publishedIn } from '../../record/shard-folder.js'
import {
  cancelOne,
  hasEnded,
  isHeld,
  jobsOf,
  type SlurmJob,
} from '../../scheduler/slurm/commands.js'
import type { SharedRun } from '../../scheduler/slurm/submit-plan.js'
import type { LiveShards } from './live-shards.js'

/** Controllers are shared: they are asked seldom. */
const LOOK_MS = 2_000
/** A controller that is started anew, or updated, is silent so long; jobs run on meanwhile. */
const SILENT_MS = 600_000

/**
 * Resolves when no job is left; reports shards as their records appear.
 *
 * @param earlier jobs of the same name, whose ends are known
 * @returns what ended since
 * @throws the signal's reason; ModproveError `SLURM_REFUSED` when Slurm stays silent
 */
export async function awaitShards(
  { folder, name }: SharedRun,
  earlier: readonly SlurmJob[],
  live: LiveShards,
  { signal, step }: { readonly signal: AbortSignal; readonly step: Step },
): Promise<readonly SlurmJob[]> {
  const known = new Set(earlier.filter(hasEnded).map(({ id }) => id))
  const ended = new Map<string, SlurmJob>()
  const seen = new Set<string>()
  /** Shards whose result counts. */
  const sound = new Set<number>()
  let heardMs = performance.now()
  for (;;) {
    // Asked before the results are looked for: what has ended has published them.
    const jobs = await usefulJobs(name, sound).catch((error: unknown) => {
      if (performance.now() - heardMs > SILENT_MS) throw error
      return undefined
    })
    for (const record of await publishedIn(folder)) {
      if (seen.has(record.folder)) continue
      seen.add(record.folder)
      if (!(await isSoundRecord(record.folder))) continue
      sound.add(record.index)
      await live.take(record.folder)
    }
    if (jobs === undefined) step.note('Slurm does not answer')
    else {
      heardMs = performance.now()
      // Slurm forgets them after some minutes.
      for (const job of jobs) if (hasEnded(job) && !known.has(job.id)) ended.set(job.id, job)
      const left = jobs.filter(job => !hasEnded(job))
      if (left.length === 0) return [...ended.values()]
      step.note(inWords(left))
    }
    await sleep(LOOK_MS, undefined, { signal })
  }
}

/**
 * The jobs of a name. Ends those that would never: Slurm holds what it could not begin, and a
 * controller that was killed takes for running what had ended.
 */
async function usefulJobs(name: string, sound: ReadonlySet<number>): Promise<SlurmJob[]> {
  const jobs = await jobsOf(name)
  for (const job of jobs) {
    const isDone = job.index !== undefined && sound.has(job.index)
    if (!hasEnded(job) && (isDone || isHeld(job))) await cancelOne(job)
  }
  return jobs
}

/** `2 running, 14 pending (Resources)` */
function inWords(jobs: readonly SlurmJob[]): string {
  const counts = new Map<string, number>()
  for (const { state, reason } of jobs) {
    const what = reason === 'None' ? state.toLowerCase() : `${state.toLowerCase()} (${reason})`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ')
}
