import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceLine } from '../../contract/events.js'
import type { BuildFolder } from './module-output.js'

const SOURCE = /\.[chS]$/
/** Kbuild's own: it names every symbol that a module imports. */
const GENERATED = /\.mod\.c$/

/** The first line of a folder's sources that names one of some symbols; not a comment's. */
export async function firstUse(
  symbols: readonly string[],
  { build, name }: Pick<BuildFolder, 'build' | 'name'>,
): Promise<SourceLine | undefined> {
  if (symbols.length === 0) return undefined
  const names = new RegExp(`^(?!\\s*(?://|/?\\*)).*\\b(?:${symbols.join('|')})\\b`)
  const files = (await readdir(join(build, name), { recursive: true })).sort()
  for (const path of files) {
    if (!SOURCE.test(path) || GENERATED.test(path)) continue
    const file = join(name, path)
    const lines = (await readFile(join(build, file), 'utf8')).split('\n')
    const line = lines.findIndex(text => names.test(text)) + 1
    if (line > 0) return { file, line }
  }
  return undefined
}
