import { join } from 'node:path'
import type { ReaderResult } from '../../contract/fuzz-result.js'
import type { Terminal } from '../../platform/terminal/terminal.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { fuzzTable } from '../../report/activities/fuzz.js'
import { fuzzReaders, type FuzzWishes } from '../../selftest/fuzz/fuzz-readers.js'
import type { FuzzReader } from '../../selftest/fuzz/reader.js'

type Wishes = Omit<FuzzWishes, 'progress' | 'report'> & { readonly terminal: Terminal }

/** Fuzzes readers, reports each on standard output, and saves `fuzz.json`. */
export async function fuzzAndKeep(
  chosen: readonly FuzzReader[],
  { terminal, ...wishes }: Wishes,
): Promise<ReaderResult[]> {
  const results = await fuzzReaders(chosen, {
    ...wishes,
    progress: terminal,
    report: result => terminal.write(fuzzTable([result])),
  })
  await writeJson(join(wishes.folder, 'fuzz.json'), results)
  return results
}
