import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Folder in the record; files in it have the paths of findings: `module/ring.c`. */
const SOURCES = 'sources'
/** Skips large generated tables: no trace points there. A module with one is not replayed. */
const MAX_FILE_BYTES = 2 ** 20

/**
 * Copies a module's sources into a record, so that reports and replays do not need the
 * checkout.
 *
 * @param record the record's folder
 * @param module its folder, and the name of that in findings: `module`
 * @param files of its build, relative to its folder
 */
export async function keepSources(
  record: string,
  module: { readonly folder: string; readonly name: string },
  files: readonly string[],
): Promise<void> {
  for (const file of files) {
    const bytes = await readFile(join(module.folder, file))
    if (bytes.length > MAX_FILE_BYTES) continue
    const copy = join(record, SOURCES, module.name, file)
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
  const text = await readFile(join(record, SOURCES, file), 'utf8').catch(() => undefined)
  return text?.split('\n')
}

/** The record's copy of a module. @param name of its folder in findings */
export const keptModule = (record: string, name: string): string => join(record, SOURCES, name)
