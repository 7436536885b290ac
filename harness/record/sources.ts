import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'

/** In the record's folder; below it, files have the paths that findings give them: `module/ring.c`. */
const SOURCES = 'sources'
/** What a trace can point into: C, its headers, assembler. */
const POINTED_INTO = new Set(['.c', '.h', '.S'])
/** A generated table of a driver may be megabytes; a trace does not point there. */
const LARGEST_FILE_BYTES = 2 ** 20

/**
 * Copies a module's sources into a record, so that reports can show the lines of its findings whatever has become of
 * the checkout since.
 *
 * @param record the record's folder
 * @param module the module's folder, relative to `checkout`
 */
export async function keepSources(record: string, checkout: string, module: string): Promise<void> {
  const entries = await readdir(join(checkout, module), { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    if (!entry.isFile() || !POINTED_INTO.has(extname(entry.name))) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    if (bytes.length > LARGEST_FILE_BYTES) continue
    const copy = join(record, SOURCES, path.slice(checkout.length + 1))
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
