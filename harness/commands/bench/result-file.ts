import { join } from 'node:path'
import { readJson } from '../../platform/files/checked-json.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { benchResult, type BenchResult } from './table.js'

/** Where a project's results are saved. */
export const benchesOf = ({ state }: { readonly state: string }): string => join(state, 'bench')

/** @returns the file's path */
export async function saveResult(folder: string, result: BenchResult): Promise<string> {
  const file = join(folder, `${result.at.replaceAll(/[-:]|\.\d+/g, '')}.json`)
  await writeJson(file, result)
  return file
}

/** @throws ModproveError `NOT_A_BENCH` (exit 2) */
export const readResult = (folder: string, file: string): Promise<BenchResult> =>
  readJson(file, benchResult, {
    code: 'NOT_A_BENCH',
    remedy: `Bench results are saved in ${folder}`,
  })
