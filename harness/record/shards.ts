import { join } from 'node:path'
import type { RunStart } from '../contract/events.js'
import type { Plan } from '../contract/plan.js'
import { isThere } from '../platform/files/is-there.js'
import { readClosed, type ClosedRecord } from './closed-record.js'
import { publishedIn } from './shard-folder.js'
import { otherPlan, planIn, requireVersion } from './plan-file.js'

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
 * @throws ModproveError `OTHER_PLAN`, `OTHER_VERSION`, and those of reading
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
  return { records: [...records.values()].sort((a, b) => inTime(a.start, b.start)), plans }
}

const inTime = (a: RunStart, b: RunStart): number =>
  `${a.at} ${a.run}` < `${b.at} ${b.run}` ? -1 : 1

/** The folder itself, if it is a record, else those in it. */
const recordsIn = async (folder: string): Promise<string[]> =>
  (await isThere(join(folder, 'events.jsonl')))
    ? [folder]
    : (await publishedIn(folder)).map(record => record.folder)
