import { columnTitle } from '../contract/column-title.js'
import type { JobRef, Shard } from '../contract/events.js'
import type { Plan } from '../contract/plan.js'
import { usageError } from '../platform/errors.js'
import type { Project } from '../project/project.js'
import { columnName } from '../record/run-progress.js'
import type { Column } from './column.js'
import { makePlan, plannedColumn, type Planned } from './make-plan.js'
import { changedSince, contentNow } from './provenance.js'
import type { ShardNumber } from './request.js'

/** A shard of a plan. */
export interface PlanShard {
  readonly plan: Plan
  /** As events name it. */
  readonly ref: Shard
  readonly jobs: readonly JobRef[]
}

/** @param of how many there are; the last ones may have no jobs */
export function shardOf(plan: Plan, index: number, of = plan.shards.length): PlanShard {
  const { jobs: places = [] } = plan.shards[index] ?? {}
  const jobs = places.flatMap(place => plan.jobs[place]?.ref ?? [])
  return { plan, ref: { plan: plan.id, index, of }, jobs }
}

/**
 * The shard of a host that has no plan from elsewhere. Its own history does not count: each host
 * has another, and all are to share out alike.
 */
export async function ownShard(
  project: Project,
  all: Omit<Planned, 'past'>,
  { number, of }: ShardNumber,
): Promise<PlanShard> {
  const plan = await makePlan(project, { ...all, past: new Map() }, { shards: of })
  return shardOf(plan, number - 1, of)
}

/** @throws ModproveError `PLAN_CHANGED` when the project is not what was planned */
export async function requireContent(plan: Plan, project: Project): Promise<void> {
  const changed = changedSince(plan.content, await contentNow(project))
  if (changed.length > 0) throw changedPlan(plan, `${changed.join(' and ')} changed`)
}

/** @throws ModproveError `PLAN_CHANGED` when a kernel would be built otherwise here */
export async function requireColumns(plan: Plan, columns: readonly Column[]): Promise<void> {
  const keys = new Map(plan.columns.map(column => [columnName(column), column.key]))
  for (const column of await Promise.all(columns.map(plannedColumn))) {
    const key = keys.get(columnName(column))
    if (key === column.key) continue
    const what = `${columnTitle(column)}: ${key ?? 'no kernel'} was planned, and this host makes ${column.key}`
    throw changedPlan(plan, what)
  }
}

const changedPlan = (plan: Plan, what: string): Error =>
  usageError('PLAN_CHANGED', `Plan ${plan.id} cannot be run: ${what} since it was made`, {
    remedy: 'Make it again here: modprove plan; or restore what it was made of',
  })
