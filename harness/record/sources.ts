import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** In the record's folder; below it, files have the paths that findings give them: `module/ring.c`. */
const SOURCES = 'sources'
/** A generated table of a driver may be megabytes; a trace does not point there, and such a module is not replayed. */
const LARGEST_FILE_BYTES = 2 ** 20

/**
 * Copies a module's sources into a record, so that reports can show the lines of its findings, and a test can be replayed,
 * whatever has become of the checkout since.
 *
 * @param record the record's folder
 * @param module its folder, and what findings call that: `module`
 * @param files of its build, relative to its folder
 */
export async function keepSources(
  record: string,
  module: { readonly folder: string; readonly name: string },
  files: readonly string[],
): Promise<void> {
  for (const file of files) {
    const bytes = await readFile(join(module.folder, file))
    if (bytes.length > LARGEST_FILE_BYTES) continue
    const copy = join(record, SOURCES, module.name, file)
    await mkdir(dirname(copy), { recursive: true })
    await writeFile(copy, bytes)
  }
}

/**
 * The lines of a source file as a run had it; undefined where the record has no copy of it.
 *
 * @param file as a finding's location names it: `module/ring.c`; other paths are not followed out of the record
 */
export async function readSource(record: string, file: string): Promise<string[] | undefined> {
  if (file.startsWith('/') || file.split('/').includes('..')) return undefined
  const text = await readFile(join(record, SOURCES, file), 'utf8').catch(() => undefined)
  return text?.split('\n')
}

/** Where a record has the copy of a module. @param name as findings call its folder */
export const keptModule = (record: string, name: string): string => join(record, SOURCES, name)
