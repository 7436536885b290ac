import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '../events.js'
import { recordsFolder } from '../record/record.js'

/**
 * How long each job of the newest record took, in milliseconds, by suite and flavour: another release of a
 * kernel takes about as long. Empty where there is no record.
 */
export async function pastDurations(
  file = join(recordsFolder, 'latest/events.jsonl'),
): Promise<(suite: string, flavour: string) => number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const durations = new Map<string, number>()
  const names = new Map<string, string>()
  for (const line of text.split('\n')) {
    const event = parse(line)
    if (event?.type === 'plan') {
      for (const { id, suite, flavour } of event.jobs) names.set(id, `${suite} ${flavour}`)
    }
    if (event?.type === 'job-end') durations.set(names.get(event.job) ?? '', event.durationMs)
  }
  return (suite, flavour) => durations.get(`${suite} ${flavour}`)
}

/** The last line of a run that was cut off may be half a line. */
function parse(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent
  } catch {
    return undefined
  }
}

/** Longest first: else the last machine works alone at the end. What is not known may be long. */
export function longestFirst<T>(items: readonly T[], lasted: (item: T) => number | undefined): T[] {
  return [...items].sort((a, b) => (lasted(b) ?? Infinity) - (lasted(a) ?? Infinity) || 0)
}
