import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The record's copy of the modules; files in it have the paths of findings: `module/ring.c`. */
export const keptSources = (record: string): string => join(record, 'sources')

/** Skips large generated tables: no trace points there. A module with one is not replayed. */
const MAX_FILE_BYTES = 2 ** 20

/**
 * Copies the modules' sources into a record, so that reports and replays do not need the
 * checkout.
 *
 * @param record the record's folder
 * @param root of the sources
 * @param files of their build, relative to the root
 */
export async function keepSources(
  record: string,
  root: string,
  files: readonly string[],
): Promise<void> {
  for (const file of files) {
    const bytes = await readFile(join(root, file))
    if (bytes.length > MAX_FILE_BYTES) continue
    const copy = join(keptSources(record), file)
    await mkdir(dirname(copy), { recursive: true })
    await writeFile(copy, bytes)
  }
}

/**
 * Reads a source file as it was in a run; undefined if the record has no copy.
 *
 * @param file as in a finding's location: `module/ring.c`; paths that leave the record are refused
 */
export async function readSource(record: string, file: string): Promise<string[] | undefined> {
  if (file.startsWith('/') || file.split('/').includes('..')) return undefined
  const text = await readFile(join(keptSources(record), file), 'utf8').catch(() => undefined)
  return text?.split('\n')
}
