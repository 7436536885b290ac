import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ReaderResult } from '../../contract/fuzz-result.js'
import { entryFile } from '../../compile/entry.js'
import { during, type Progress } from '../../platform/terminal/progress.js'
import { selectByName } from '../../platform/names/select-by-name.js'
import { fuzz } from './fuzz.js'
import type { FuzzReader } from './reader.js'
import { readers } from './readers/index.js'
import { saveCase } from './saved-case.js'

export interface FuzzSettings {
  readonly cases: number
  readonly seed: number
  /** Where failed cases are saved. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly report: (result: ReaderResult) => void
}

const MODULE = pathToFileURL(entryFile('fuzz-readers')).href

/** @throws ModproveError `UNKNOWN_READER`, listing the known */
export const selectReaders = (names: readonly string[]): readonly FuzzReader[] =>
  selectByName(readers, names, {
    code: 'UNKNOWN_READER',
    message: word => `There is no reader "${word}".`,
    noun: 'readers',
  })

/** Runs that many cases per parser, one parser after another. @throws the signal's reason */
export async function fuzzReaders(
  chosen: readonly FuzzReader[],
  { cases, seed, folder, signal, progress, report }: FuzzSettings,
): Promise<ReaderResult[]> {
  const results: ReaderResult[] = []
  for (const reader of chosen) {
    const title = `fuzzing ${reader.name} (${reader.reads})`
    const result = await during(progress, title, undefined, step => {
      const since = performance.now()
      return fuzz({
        module: MODULE,
        reader: reader.name,
        cases,
        seed,
        signal,
        onProgress: done => {
          const rate = Math.round(done / ((performance.now() - since) / 1000))
          step.note(`${done} of ${cases}, ${rate}/s`)
        },
      })
    })
    const problems = await Promise.all(
      result.problems.map(async found => {
        const file = join(folder, `${reader.name}-${seed}-${found.number}.json`)
        await saveCase(file, reader, seed, found)
        return { ...found, again: `modprove fuzz --replay ${relative(process.cwd(), file)}` }
      }),
    )
    const told = { ...result, problems, seed, reads: reader.reads }
    report(told)
    results.push(told)
  }
  return results
}
