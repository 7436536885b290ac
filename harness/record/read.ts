import { readdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { usageError } from '../platform/errors.js'
import { events } from '../contract/event-schema.js'
import { SCHEMA, type RunEvent } from '../contract/events.js'
import { mistakesIn } from '../platform/files/checked-json.js'
import { isThere } from '../platform/files/is-there.js'
import { linesOfFile } from '../platform/files/file-lines.js'
import { requireSchema } from './schema.js'
import { upgraded } from './upgrade.js'

/**
 * Finds the folder of a run's record: by its path, by its name (`20261122T174551Z-a1b2c3`, or a
 * unique beginning or end of it), or `latest`.
 *
 * @param folder of the records
 * @returns absolute
 * @throws ModproveError `UNKNOWN_RUN`
 */
export async function findRecord(name: string, folder: string): Promise<string> {
  const paths = [resolve(name), join(folder, name)]
  for (const path of paths) {
    // `latest` is a link that later runs change.
    if (await isThere(join(path, 'events.jsonl'))) return realpath(path)
  }
  const runs = (await readdir(folder).catch(() => [])).filter(run => /^\d/.test(run)).sort()
  const alike = runs.filter(run => run.startsWith(name) || run.endsWith(name))
  const [only] = alike
  if (only !== undefined && alike.length === 1) return join(folder, only)
  const there = await Promise.all(paths.map(path => isThere(path)))
  const path = paths[there.indexOf(true)]
  // Replays and runs of a part of the tests do not set `latest`.
  const latest = (await isThere(join(folder, 'latest'))) ? ['latest'] : []
  const what =
    alike.length > 1
      ? `"${name}" may mean ${alike.join(', ')}`
      : path === undefined
        ? `There is no record of a run "${name}"`
        : `${path} is no record of a run: it holds no events.jsonl`
  throw usageError('UNKNOWN_RUN', what, {
    remedy:
      runs.length === 0
        ? `${folder} holds no records yet: modprove run makes one`
        : `Name a folder, or one of: ${[...latest, ...runs.slice(-5).reverse()].join(', ')}`,
  })
}

/** An event, upgraded to the present schema, and its line in `events.jsonl`. */
export interface EventLine {
  readonly event: RunEvent
  readonly line: string
}

/**
 * Reads the events of a record one by one. Leaves out a line that an interruption cut off.
 *
 * @param folder from {@link findRecord}
 * @throws ModproveError `RECORD_DAMAGED`, naming the line; `RECORD_TOO_NEW` for an unknown schema,
 *   `RECORD_TOO_OLD` for one that is no longer supported
 */
export async function* eventLines(folder: string): AsyncGenerator<EventLine> {
  const file = join(folder, 'events.jsonl')
  let number = 0
  let begun = false
  let isOld = false
  /** A line that is not an event: valid only at the end, or before the run was resumed. */
  let broken: { readonly line: number; readonly why: string } | undefined
  for await (const line of linesOfFile(file)) {
    number++
    if (line === '') continue
    let event = parse(line, isOld)
    if (!begun && typeof event !== 'string') {
      isOld = checkSchema(file, event) < SCHEMA
      begun = true
      if (isOld) event = parse(line, isOld)
    }
    if (broken !== undefined && (typeof event === 'string' || event.type !== 'run-resume'))
      throw damaged(file, broken)
    broken = typeof event === 'string' ? { line: number, why: event } : undefined
    if (typeof event === 'string') continue
    yield { event, line: isOld ? JSON.stringify(event) : line }
  }
  if (!begun) checkSchema(file, undefined)
}

/** All events of a record; see {@link eventLines}. */
export async function readEvents(folder: string): Promise<RunEvent[]> {
  const read: RunEvent[] = []
  for await (const { event } of eventLines(folder)) read.push(event)
  return read
}

const damaged = (file: string, { line, why }: { line: number; why: string }) =>
  usageError('RECORD_DAMAGED', `${file}:${line} ${why}`, {
    remedy: `The run's result is in run.json beside it; run the suites again for the rest`,
  })

function checkSchema(file: string, start: RunEvent | undefined): number {
  if (start?.type !== 'run-start') {
    throw usageError('RECORD_DAMAGED', `${file} does not begin with run-start`, {
      remedy: 'It was cut off before anything ran, or is no record: run the suites again',
    })
  }
  requireSchema(file, start.schema, start.version)
  return start.schema
}

/** @returns the event, or why the line is not one */
function parse(line: string, isOld: boolean): RunEvent | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'is not a line of JSON'
  }
  try {
    const event = isOld ? upgraded(value as RunEvent) : value
    return mistakeInEvent(event) ?? (event as RunEvent)
  } catch {
    return 'is no event of an older schema'
  }
}

/** Why a parsed line is not a valid event; undefined if it is, or if its type is ignored. */
function mistakeInEvent(value: unknown): string | undefined {
  const { type, schema } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof type !== 'string') return 'has no type'
  if (!isKnown(type)) return undefined
  // The reader refuses a start with another schema by its number.
  if (typeof schema === 'number' && schema !== SCHEMA) return undefined
  const mistakes = mistakesIn(events[type], value)
  return mistakes.length === 0 ? undefined : `is no ${type}: ${mistakes.join('; ')}`
}

const isKnown = (type: string): type is keyof typeof events => Object.hasOwn(events, type)
