import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { readJson } from '../../platform/files/checked-json.js'

const night = z.object({ run: z.string(), argv: z.tuple([z.literal('nightly')], z.string()) })

/** A record written to more recently may belong to a running night. */
const IN_USE_MS = 24 * 3_600_000

/**
 * Removes records of old nights; keeps other runs' records, and unreadable ones.
 * @param folder of the records
 * @param keep number of newest nights to keep
 * @param baseline folder of a record to keep regardless of age
 * @returns names of the runs whose records were removed
 */
export async function pruneRecords(
  folder: string,
  keep: number,
  baseline?: string,
): Promise<string[]> {
  const newestFirst = (await readdir(folder).catch(() => [])).sort().reverse()
  const nights: string[] = []
  for (const name of newestFirst) if (await isNight(join(folder, name), name)) nights.push(name)
  const removed: string[] = []
  for (const name of nights.slice(keep)) {
    if (baseline !== undefined && basename(baseline) === name) continue
    if (await isInUse(join(folder, name))) continue
    // Renamed first, so that an interrupted removal leaves no partial record.
    const beside = join(folder, `.${name}.removed`)
    await rename(join(folder, name), beside)
    await rm(beside, { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}

/** Whether it is a record of `modprove nightly`, and not the link to the newest. */
async function isNight(path: string, name: string): Promise<boolean> {
  try {
    const { run } = await readJson(join(path, 'run.json'), night)
    return run === name
  } catch {
    return false
  }
}

async function isInUse(path: string): Promise<boolean> {
  const events = await stat(join(path, 'events.jsonl')).catch(() => undefined)
  return events !== undefined && Date.now() - events.mtimeMs < IN_USE_MS
}
