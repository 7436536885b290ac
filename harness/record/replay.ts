import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../contract/data.js'
import { content } from '../contract/run-schema.js'
import { parseJson } from '../platform/files/checked-json.js'
import { usageError } from '../platform/errors.js'
import { SCHEMA, type JobRef, type TestEnd } from '../contract/events.js'
import { requireSchema } from './schema.js'

const replay = z.object({
  schema: z.number().describe('as of `run-start`'),
  run: z.string().describe('the run that it is of'),
  commit: z.string().nullable(),
  content,
  kernel: z.string(),
  release: z.string(),
  flavour: z.string(),
  key: z.string().describe('names all that went into the kernel'),
  suite: z.string(),
  test: z.string(),
  accelerator: z.string(),
  cold: z.boolean(),
  retries: z.number().exactOptional().describe('absent in older records'),
  timeoutMs: z.number().exactOptional(),
})

/** Everything needed to run one test again as it ran: `replay.json` in a folder of the record. */
export type Replay = Data<z.infer<typeof replay>>

/** Whether a replay of a result is of use. */
export const isReplayable = ({ status, flaky }: TestEnd): boolean =>
  status === 'fail' || status === 'error' || flaky !== undefined

/**
 * Makes the folder of a failed test.
 * @param number of the job's tests before it
 * @returns relative to the record's folder
 */
export function writeReplay(
  recordFolder: string,
  job: JobRef,
  number: number,
  failure: Omit<Replay, 'schema'>,
): string {
  const folder = `jobs/${job.id}/failures/${number}-${slug(failure.test)}`
  mkdirSync(join(recordFolder, folder), { recursive: true })
  const text = JSON.stringify({ schema: SCHEMA, ...failure }, undefined, 2)
  writeFileSync(join(recordFolder, folder, 'replay.json'), `${text}\n`)
  return folder
}

const SLUG_CHARACTERS = 60

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_CHARACTERS)
    .replaceAll(/^-|-$/g, '')

/** @throws ModproveError `NO_REPLAY`, `RECORD_TOO_NEW`, `RECORD_TOO_OLD` */
export function readReplay(folder: string): Replay {
  const file = join(folder, 'replay.json')
  const options = {
    code: 'NO_REPLAY',
    remedy: 'Name a folder "failures/…" of a job of a record; reports name it with each failure',
  }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw usageError(options.code, `${file} cannot be read: ${(cause as Error).message}`, {
      ...options,
      cause,
    })
  }
  // Other fields are only known for this version.
  const { schema } = parseJson(text, file, replay.pick({ schema: true }), options)
  requireSchema(file, schema)
  return parseJson(text, file, replay, options)
}
