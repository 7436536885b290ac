import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../platform/errors.js'
import { SCHEMA, type JobRef, type RunEvent } from '../contract/events.js'
import { requireSchema } from './schema.js'

/** All that is needed to run one test again as it ran: `replay.json` in a folder of the record. */
export interface Replay {
  readonly schema: number
  readonly run: string
  readonly commit: string | null
  readonly content: { readonly module: string; readonly suites: string }
  readonly kernel: string
  readonly release: string
  readonly flavour: string
  /** Names all that went into the kernel. */
  readonly key: string
  readonly suite: string
  readonly test: string
  readonly accelerator: string
  readonly cold: boolean
}

type TestEnd = Extract<RunEvent, { type: 'test-end' }>

/** Whether a result is worth running again. */
export const isReplayable = ({ status, flaky }: TestEnd): boolean =>
  status === 'fail' || status === 'error' || flaky !== undefined

/**
 * Makes the folder of a failed test.
 * @param number how many of the job's tests there are before it
 * @returns relative to the record's folder
 */
export function writeReplay(
  recordFolder: string,
  job: JobRef,
  number: number,
  replay: Omit<Replay, 'schema'>,
): string {
  const folder = `jobs/${job.id}/failures/${number}-${slug(replay.test)}`
  mkdirSync(join(recordFolder, folder), { recursive: true })
  const text = JSON.stringify({ schema: SCHEMA, ...replay }, undefined, 2)
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
  let replay: Replay
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<Replay> | null
    if (typeof value?.schema !== 'number' || typeof value.test !== 'string')
      throw new Error('it tells of no test')
    replay = value as Replay
  } catch (cause) {
    throw usageError('NO_REPLAY', `${file} cannot be read: ${(cause as Error).message}`, {
      remedy:
        'Name a folder "failures/…" of a job of a record; a report tells it with each failure',
      cause,
    })
  }
  requireSchema(file, replay.schema)
  return replay
}
