import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** How a makefile or a source leaves its folder, and the first name on that way: `../` `common`. */
const CLIMB = /((?:\.\.\/)*\.\.(?![\w.]))\/?([\w.+-]*)/g
const IN_MAKEFILE = /^[^#\n]*/gm
const IN_SOURCE = /^\s*#\s*include.*/gm

/**
 * Paths from `root` that makefiles and sources of a folder name by `..`, whether there or not.
 * @param headers that are looked for where they name a folder alone: `-I$(src)/..`
 */
export async function namedOutside(
  root: string,
  folder: string,
  headers: readonly string[] = [],
): Promise<ReadonlySet<string>> {
  const paths = new Set<string>()
  for (const file of await readdir(join(root, folder), { recursive: true })) {
    const isSource = /\.[chS]$/.test(file)
    if (!isSource && !/(^|\/)(Kbuild|Makefile)$/.test(file)) continue
    const text = await readFile(join(root, folder, file), 'utf8')
    const lines = text.match(isSource ? IN_SOURCE : IN_MAKEFILE) ?? []
    for (const [, up = '', first = ''] of lines.join('\n').matchAll(CLIMB))
      for (const next of first === '' ? headers : [first.replace(/\.o$/, '.c')])
        paths.add(join(dirname(join(folder, file)), up, next))
  }
  return paths
}
