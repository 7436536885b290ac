import { usageError } from '../platform/errors.js'
import type { JobRef } from '../contract/events.js'
import { isComplete } from './run-progress.js'
import type { ShardRecord, Shards } from './shards.js'

export interface MergedPlan {
  /** In the order of the plans, then of records that are of none. */
  readonly jobs: readonly JobRef[]
  /** By job: the record whose result counts. A job without one was not run. */
  readonly from: ReadonlyMap<string, ShardRecord>
  /** Those with a result that counts. */
  readonly used: ReadonlySet<ShardRecord>
}

/**
 * Decides whose result of each job counts. Several workers may have run a shard, because one was
 * taken for lost: the first without a lost test counts, whatever its verdict.
 *
 * @throws ModproveError `JOB_IN_TWO_RECORDS` for a job of runs that do not share a plan
 */
export function mergePlans({ records, plans }: Shards): MergedPlan {
  const refs = new Map<string, JobRef>()
  for (const plan of plans.values()) for (const { ref } of plan.jobs) refs.set(ref.id, ref)
  const from = new Map<string, ShardRecord>()
  for (const record of records) {
    for (const [id, { ref }] of record.jobs) {
      const other = from.get(id)
      if (other !== undefined) requireOnePlan(id, other, record)
      refs.set(id, refs.get(id) ?? ref)
      if (other === undefined || (isLost(id, other) && !isLost(id, record))) from.set(id, record)
    }
  }
  return { jobs: [...refs.values()], from, used: new Set(from.values()) }
}

/** It did not end, or the harness or a machine failed. */
const isLost = (id: string, { jobs }: ShardRecord): boolean => {
  const job = jobs.get(id)
  return job === undefined || !isComplete(job) || job.counts.error > 0
}

function requireOnePlan(id: string, one: ShardRecord, other: ShardRecord): void {
  const [a, b] = [one.start.shard?.plan, other.start.shard?.plan]
  if (a !== undefined && a === b) return
  throw usageError('JOB_IN_TWO_RECORDS', `${id} is in ${one.folder} and in ${other.folder}`, {
    remedy: 'Merge records of different kernels, flavours or suites, or of one plan',
  })
}
