import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { writeWhole } from '../../platform/paths.js'
import { resultsFolder } from './rows/index.js'
import type { BenchResult } from './table.js'

/** @returns the file's path */
export async function saveResult(result: BenchResult): Promise<string> {
  const file = join(resultsFolder, `${result.at.replaceAll(/[-:]|\.\d+/g, '')}.json`)
  await writeWhole(file, `${JSON.stringify(result, null, 2)}\n`)
  return file
}

/** @throws ModproveError `NOT_A_BENCH` (exit 2) */
export async function readResult(file: string): Promise<BenchResult> {
  const refuse = (why: string, cause?: unknown) =>
    usageError('NOT_A_BENCH', `${file} holds no result of a bench: ${why}`, {
      remedy: `Results are kept in ${resultsFolder}`,
      cause,
    })
  let value: Partial<BenchResult> | null
  try {
    value = JSON.parse(await readFile(file, 'utf8')) as Partial<BenchResult> | null
  } catch (error) {
    throw refuse((error as Error).message, error)
  }
  const readings = value?.readings
  const isReading = (item: unknown): boolean => {
    const { row, unit, values } = (item ?? {}) as Readonly<Record<string, unknown>>
    const isNamed = typeof row === 'string' && typeof unit === 'string'
    return isNamed && Array.isArray(values) && values.length > 0 && values.every(Number.isFinite)
  }
  if (!Array.isArray(readings) || readings.length === 0 || !readings.every(isReading))
    throw refuse('it has no readings')
  if (typeof value?.host !== 'object' || typeof value.at !== 'string')
    throw refuse('it does not say where and when it was measured')
  return value as BenchResult
}
