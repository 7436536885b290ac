import { usageError } from '../../platform/errors.js'
import { explainOption } from './dependencies/explain-option.js'
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
  const isLost = (line: string): boolean =>
    lost.some(({ name, value }) => line === `${name}=${value}`)
  const add = [...new Set(explained.flatMap(each => each.add))].filter(line => !isLost(line))
  const lines = add.map(line => `  ${JSON.stringify(line)},`).join('\n')
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
      remedy:
        add.length > 0
          ? `Add to "kconfig" of the configuration:\n${lines}`
          : 'Correct these lines, or write behind each for which series it is: CONFIG_X=y # 6.12..',
    },
  )
}

/** By name; what is not set is `n`. */
function valuesOf(config: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of config.split('\n')) {
    const [, set, value] = /^(CONFIG_\w+)=(.*)$/.exec(line) ?? []
    if (set !== undefined && value !== undefined) values.set(set, value)
  }
  return values
}
