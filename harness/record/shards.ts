import { dirname, join } from 'node:path'
import type { RunStart } from '../contract/events.js'
import type { Plan } from '../contract/plan.js'
import { harnessError } from '../platform/errors.js'
import { isThere } from '../platform/files/is-there.js'
import { readClosed, type ClosedRecord } from './closed-record.js'
import { countsOf, publishedIn } from './shard-folder.js'
import { otherPlan, PLAN, planIn, requireVersion } from './plan-file.js'

/** A record to merge. */
export interface ShardRecord extends ClosedRecord {
  readonly folder: string
}

export interface Shards {
  /** Each run once, in an order that does not depend on the order of the folders. */
  readonly records: readonly ShardRecord[]
  /** By id: the plans that the records are shards of. */
  readonly plans: ReadonlyMap<string, Plan>
}

/**
 * Reads what is to be merged.
 *
 * @param folders records, or folders of a plan's records
 * @throws ModproveError `OTHER_PLAN`, `OTHER_VERSION`, `NO_PLAN`, and those of reading
 */
export async function readShards(folders: readonly string[]): Promise<Shards> {
  const plans = new Map<string, Plan>()
  const records = new Map<string, ShardRecord>()
  for (const folder of folders) {
    const plan = await planIn(folder)
    if (plan !== undefined) plans.set(plan.id, plan)
    for (const each of await recordsIn(folder)) {
      const record = { folder: each, ...(await readClosed(each)) }
      const { start } = record
      requireVersion(each, start.version)
      if (plan !== undefined && start.shard?.plan !== plan.id)
        throw otherPlan(each, start.shard?.plan ?? 'none', plan.id, `Move it out of ${folder}`)
      records.set(start.run, record)
    }
  }
  const all = [...records.values()].sort((a, b) => inTime(a.start, b.start))
  await addPlansBeside(all, plans)
  requireNoHole(all, plans)
  return { records: all, plans }
}

/** Records that were named one by one lie beside their plan. */
async function addPlansBeside(
  records: readonly ShardRecord[],
  plans: Map<string, Plan>,
): Promise<void> {
  for (const { folder, start } of records) {
    if (start.shard === undefined || plans.has(start.shard.plan)) continue
    const beside = await planIn(dirname(folder))
    if (beside?.id === start.shard.plan) plans.set(beside.id, beside)
  }
}

/** Without their plan, nothing names the jobs of shards that are not there: they would not miss. */
function requireNoHole(records: readonly ShardRecord[], plans: ReadonlyMap<string, Plan>): void {
  const found = new Map<string, Set<number>>()
  for (const { shard } of records.map(({ start }) => start)) {
    if (shard === undefined || plans.has(shard.plan)) continue
    const indexes = found.get(shard.plan) ?? new Set(Array(shard.of).keys())
    indexes.delete(shard.index)
    found.set(shard.plan, indexes)
  }
  for (const [plan, indexes] of found) {
    if (indexes.size === 0) continue
    const what = `No record is of shard ${[...indexes].join(', ')} of plan ${plan}`
    throw harnessError('NO_PLAN', `${what}, and no ${PLAN} says what that runs`, {
      remedy: `Name the folder of all its records, which holds ${PLAN}; or the other records, too`,
    })
  }
}

const inTime = (a: RunStart, b: RunStart): number =>
  `${a.at} ${a.run}` < `${b.at} ${b.run}` ? -1 : 1

/** The folder itself, if it is a record, else the whole ones in it: what others had is missed. */
async function recordsIn(folder: string): Promise<string[]> {
  if (await isThere(join(folder, 'events.jsonl'))) return [folder]
  const whole: string[] = []
  for (const record of await publishedIn(folder))
    if ((await countsOf(record.folder)) !== undefined) whole.push(record.folder)
  return whole
}
