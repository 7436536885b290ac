import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { isThere } from '../../platform/files/is-there.js'
import { script } from '../../platform/process/script.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { KernelBuild, Work } from '../types.js'

/** Increment when something else is kept from the same source. */
const RECIPE = 1
const KEPT_DAYS = 90
const FILE = 'names'

/**
 * A file with the options that a kernel's Kconfig files define, of any architecture, a line each:
 * `CONFIG_PCI`. Saved while the source is unpacked.
 * @returns undefined if the source was never here, or is here no more
 */
export async function requireOptionNames(
  { source, sourceTree }: Pick<KernelBuild, 'source' | 'sourceTree'>,
  work: Work,
): Promise<string | undefined> {
  const recipe = { kind: 'options', key: contentKey({ recipe: String(RECIPE), source }) } as const
  const isHere = await isThere(join(sourceTree, 'Kconfig'))
  if (!isHere && !(await isThere(join(cacheFolder(), recipe.kind, recipe.key)))) return undefined
  const { folder } = await stored(
    {
      ...recipe,
      title: `list of the options of ${source}`,
      hashed: [FILE],
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        const $ = script({ cwd: sourceTree, signal: work.signal })
        const { stdout } =
          await $`grep -rhE --include=Kconfig* ${String.raw`^\s*(menu)?config\s`} .`
        const names = [...stdout.matchAll(/config\s+(\w+)/g)].map(([, name]) => `CONFIG_${name}`)
        await writeFile(join(target, FILE), [...new Set(names)].sort().join('\n'))
        return null
      },
    },
    work,
  )
  return join(folder, FILE)
}
