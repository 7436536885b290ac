import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Counts } from '../contract/events.js'
import type { Plan } from '../contract/plan.js'
import { isThere } from '../platform/files/is-there.js'
import { writeJson } from '../platform/files/write-atomically.js'
import { otherPlan, PLAN, planIn } from './plan-file.js'

/**
 * Makes a folder that of a plan: `plan.json`, and a record of each shard that ended. Workers may
 * share it over a network.
 *
 * @throws ModproveError `OTHER_PLAN` if it holds those of another plan
 */
export async function claimFolder(folder: string, plan: Plan): Promise<void> {
  const there = await planIn(folder)
  if (there === undefined) await writeJson(join(folder, PLAN), plan)
  else if (there.id !== plan.id) {
    const remedy = `Name another folder for this plan: --output; or remove ${folder}`
    throw otherPlan(folder, there.id, plan.id, remedy)
  }
}

/** The folder of records of shards that have not ended, on the same disk. */
export async function unfinishedIn(folder: string): Promise<string> {
  const unfinished = join(folder, '.unfinished')
  await mkdir(unfinished, { recursive: true })
  return unfinished
}

/** The place of a shard's record: `12-20261122T174551Z-a1b2c3`. @param run its name */
export const placeOf = (run: string, folder: string, index: number): string =>
  join(folder, `${index}-${run}`)

/** Puts the record of a shard in its place: it appears whole, or not at all. */
export const publish = (record: string, folder: string, index: number): Promise<void> =>
  rename(record, placeOf(basename(record), folder, index))

/** A shard's record in a plan's folder. */
export interface PublishedRecord {
  readonly folder: string
  readonly index: number
}

export async function publishedIn(folder: string): Promise<PublishedRecord[]> {
  return (await readdir(folder)).flatMap(name => {
    const [, index] = /^(\d+)-\d{8}T/.exec(name) ?? []
    return index === undefined ? [] : [{ folder: join(folder, name), index: Number(index) }]
  })
}

/** Whether a record needs no other worker: nothing was lost by the harness or a machine. */
export async function isSoundRecord(folder: string): Promise<boolean> {
  const counts = await countsOf(folder)
  return counts !== undefined && isSound(counts)
}

/** Of a record; undefined if it is not whole: it may be a copy that ended early. */
export async function countsOf(folder: string): Promise<Counts | undefined> {
  if (!(await isThere(join(folder, 'events.jsonl')))) return undefined
  try {
    const text = await readFile(join(folder, 'run.json'), 'utf8')
    return (JSON.parse(text) as { counts?: Counts } | null)?.counts
  } catch {
    return undefined
  }
}

/** The shards of a plan that no record in its folder has soundly. */
export async function lackingShards(folder: string, { shards }: Plan): Promise<number[]> {
  const sound = new Set<number>()
  for (const record of await publishedIn(folder))
    if (await isSoundRecord(record.folder)) sound.add(record.index)
  return [...shards.keys()].filter(index => !sound.has(index))
}

export const isSound = ({ error, miss }: Pick<Counts, 'error' | 'miss'>): boolean =>
  error + miss === 0
