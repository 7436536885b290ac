import { join } from 'node:path'
import { readJson } from '../../platform/checked-json.js'
import { writeWhole } from '../../platform/write-whole.js'
import { resultsFolder } from './rows/index.js'
import { benchResult, type BenchResult } from './table.js'

/** @returns the file's path */
export async function saveResult(result: BenchResult): Promise<string> {
  const file = join(resultsFolder, `${result.at.replaceAll(/[-:]|\.\d+/g, '')}.json`)
  await writeWhole(file, `${JSON.stringify(result, null, 2)}\n`)
  return file
}

/** @throws ModproveError `NOT_A_BENCH` (exit 2) */
export const readResult = (file: string): Promise<BenchResult> =>
  readJson(file, benchResult, {
    code: 'NOT_A_BENCH',
    remedy: `Results of benches are kept in ${resultsFolder}`,
  })
