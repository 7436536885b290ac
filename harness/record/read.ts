import { readFile, readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { usageError } from '../errors.js'
import { SCHEMA, type RunEvent } from '../events.js'
import { recordsFolder } from './record.js'

/**
 * The folder of a run's record: by its path, by its name (`20261122T174551Z-a1b2c3`, or as much of its end or beginning as is
 * unmistakable), or `latest`.
 *
 * @returns absolute
 * @throws ModproveError `UNKNOWN_RUN`
 */
export async function findRecord(name: string, folder = recordsFolder): Promise<string> {
  const isRecord = async (path: string): Promise<boolean> =>
    (await stat(join(path, 'events.jsonl')).catch(() => undefined)) !== undefined
  for (const path of [resolve(name), join(folder, name)]) {
    // `latest` is a link, and will be another one's.
    if (await isRecord(path)) return realpath(path)
  }
  const runs = (await readdir(folder).catch(() => [])).filter(run => /^\d/.test(run)).sort()
  const alike = runs.filter(run => run.startsWith(name) || run.endsWith(name))
  const [only] = alike
  if (only !== undefined && alike.length === 1) return join(folder, only)
  const many = alike.length > 1
  throw usageError(
    'UNKNOWN_RUN',
    many ? `"${name}" may mean ${alike.join(', ')}` : `There is no record of a run "${name}"`,
    {
      remedy:
        runs.length === 0
          ? `${folder} holds no records yet: modprove run makes one`
          : `Name a folder, or one of: latest, ${runs.slice(-5).reverse().join(', ')}`,
    },
  )
}

/**
 * The events of a record. The last line of a run that was cut off may be half a line, and is left out.
 *
 * @param folder as {@link findRecord} gives it
 * @throws ModproveError `RECORD_DAMAGED`, naming the line; `RECORD_TOO_NEW` for a schema that is not known yet,
 *   `RECORD_TOO_OLD` for one that is not read any more
 */
export async function readEvents(folder: string): Promise<RunEvent[]> {
  const file = join(folder, 'events.jsonl')
  const lines = (await readFile(file, 'utf8')).split('\n')
  const events: RunEvent[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const event = parse(line)
    if (event !== undefined) events.push(event)
    else if (!mayBeCut(lines, index)) {
      throw usageError('RECORD_DAMAGED', `${file}:${index + 1} is not a line of JSON`, {
        remedy: 'The record cannot be read; run the suites again',
      })
    }
  }
  checkSchema(file, events)
  return events
}

function checkSchema(file: string, events: readonly RunEvent[]): void {
  const [start] = events
  if (start?.type !== 'run-start') {
    throw usageError('RECORD_DAMAGED', `${file} does not begin with run-start`)
  }
  const { schema } = start
  if (schema === SCHEMA) return
  const newer = schema > SCHEMA
  throw usageError(
    newer ? 'RECORD_TOO_NEW' : 'RECORD_TOO_OLD',
    `${file} is of schema ${schema}, this modprove reads ${SCHEMA}`,
    { remedy: newer ? 'Read it with a newer modprove' : `Read it with modprove ${start.version}` },
  )
}

/** A line may be cut where the file ends, or where a run went on after it was cut off. */
function mayBeCut(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index + 1).find(line => line !== '')
  return next === undefined || parse(next)?.type === 'run-resume'
}

function parse(line: string): RunEvent | undefined {
  try {
    const value = JSON.parse(line) as RunEvent | null
    return typeof value?.type === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
