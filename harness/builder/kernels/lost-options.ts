import { usageError } from '../../platform/errors.js'
import { explainOption, type Explanation } from './dependencies/explain-option.js'
import { readKconfig } from './dependencies/kconfig-files.js'
import type { ConfigOption } from './fragment.js'

/** A kernel that was configured. */
export interface ConfiguredKernel {
  /** How messages name it: `6.1.192 debug`. */
  readonly kernel: string
  /** Its source. */
  readonly tree: string
  /** Its complete configuration. */
  readonly config: string
}

/**
 * @throws ModproveError `OPTIONS_LOST` (exit 2): every lost option, its line, what it became, why,
 * and the lines to add
 */
export async function refuseLostOptions(
  { kernel, tree, config }: ConfiguredKernel,
  requested: readonly ConfigOption[],
): Promise<void> {
  const values = valuesOf(config)
  // olddefconfig does not report a missing dependency. `n` holds when it is not mentioned.
  const lost = requested.filter(({ name, value }) => (values.get(name) ?? 'n') !== value)
  if (lost.length === 0) return
  const symbols = await readKconfig(tree)
  const valueOf = (name: string): string => values.get(`CONFIG_${name}`) ?? 'n'
  const explained = lost.map(option => ({ option, ...explainOption(option, { symbols, valueOf }) }))
  throw usageError(
    'OPTIONS_LOST',
    `Kernel ${kernel} does not take ${lost.length} of the ${requested.length} requested options`,
    {
      detail: explained
        .map(
          ({ option: { source, name, value }, why }) =>
            `${source}: ${name}=${value} became ${values.get(name) ?? 'n'}: ${why}`,
        )
        .join('\n'),
      remedy: remedyOf(explained),
    },
  )
}

interface LostOption extends Explanation {
  readonly option: ConfigOption
}

/** What to add to each list and file, or which lines to correct. */
function remedyOf(lost: readonly LostOption[]): string {
  const asked = new Set(lost.map(({ option: { name, value } }) => `${name}=${value}`))
  const added = new Set<string>()
  const byPlace = new Map<string, string[]>()
  for (const { option, add } of lost)
    for (const line of add) {
      if (asked.has(line) || added.has(line)) continue
      added.add(line)
      const place = option.list ?? fileOf(option)
      const written = option.list === undefined ? line : `${JSON.stringify(line)},`
      byPlace.set(place, [...(byPlace.get(place) ?? []), `  ${written}`])
    }
  if (byPlace.size > 0)
    return [...byPlace]
      .map(([place, lines]) => [`Add to ${place}:`, ...lines].join('\n'))
      .join('\n')
  const places = [...new Set(lost.map(({ option }) => option.list ?? fileOf(option)))].join(' and ')
  return `Correct these lines in ${places}, or write behind each for which series it is: CONFIG_X=y # 6.12..`
}

const fileOf = ({ source }: ConfigOption): string => source.replace(/:\d+$/, '')

/** By name; what is not set is `n`. */
export function valuesOf(config: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of config.split('\n')) {
    const [, set, value] = /^(CONFIG_\w+)=(.*)$/.exec(line) ?? []
    if (set !== undefined && value !== undefined) values.set(set, value)
  }
  return values
}
