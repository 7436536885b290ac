import { join } from 'node:path'
import type { ReaderResult } from '../../contract/fuzz-result.js'
import type { Terminal } from '../../platform/terminal/terminal.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { fuzzTable } from '../../report/activities/fuzz.js'
import { fuzzReaders, type FuzzSettings } from '../../selftest/fuzz/fuzz-readers.js'
import type { FuzzReader } from '../../selftest/fuzz/reader.js'

type Settings = Omit<FuzzSettings, 'progress' | 'report'> & { readonly terminal: Terminal }

/** Fuzzes readers, reports each on standard output, and saves `fuzz.json`. */
export async function fuzzAndKeep(
  chosen: readonly FuzzReader[],
  { terminal, ...settings }: Settings,
): Promise<ReaderResult[]> {
  const results = await fuzzReaders(chosen, {
    ...settings,
    progress: terminal,
    report: result => terminal.write(fuzzTable([result])),
  })
  await writeJson(join(settings.folder, 'fuzz.json'), results)
  return results
}
