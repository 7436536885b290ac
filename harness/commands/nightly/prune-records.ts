import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { readJson } from '../../platform/checked-json.js'

const night = z.object({ run: z.string(), argv: z.tuple([z.literal('nightly')], z.string()) })

/** What was written to so lately may be a run that goes on. */
const IN_USE_MS = 24 * 3_600_000

/**
 * Removes the records of old nights. Those of other runs, of which somebody may still make something, are not touched,
 * nor is what cannot be read.
 *
 * @param folder of the records
 * @param keep how many of the newest nights stay
 * @param baseline the folder of a record that stays however old it is
 * @returns names of the runs whose records went
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
    // What is half removed is no record any more.
    const beside = join(folder, `.${name}.removed`)
    await rename(join(folder, name), beside)
    await rm(beside, { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}

/** A record of `modprove nightly`; the link to the newest is none. */
async function isNight(path: string, name: string): Promise<boolean> {
  try {
    const digest = await readJson(join(path, 'run.json'), night)
    return digest.run === name
  } catch {
    return false
  }
}

async function isInUse(path: string): Promise<boolean> {
  const events = await stat(join(path, 'events.jsonl')).catch(() => undefined)
  return events !== undefined && Date.now() - events.mtimeMs < IN_USE_MS
}
