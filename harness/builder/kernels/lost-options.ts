import { usageError } from '../../platform/errors.js'
import type { ConfigOption } from './fragment.js'

/** @throws ModproveError `OPTIONS_LOST` (exit 2): every lost option, its line, what it became */
export function refuseLostOptions(
  kernel: string,
  requested: readonly ConfigOption[],
  config: string,
): void {
  const lost = lostOptions(requested, config)
  if (lost.length === 0) return
  const lines = lost.map(
    ({ option, became }) =>
      `${option.place}: ${option.name}=${option.value} became ${became ?? 'unknown to this kernel, or its dependencies are not met'}`,
  )
  throw usageError(
    'OPTIONS_LOST',
    `Kernel ${kernel} does not take ${lost.length} of the ${requested.length} requested options`,
    {
      detail: lines.join('\n'),
      remedy:
        'Add what each depends on to the fragment, or a range of series behind the line (CONFIG_X=y # 6.12..)',
    },
  )
}

interface LostOption {
  readonly option: ConfigOption
  /** What the option became; undefined when the configuration does not know it. */
  readonly became: string | undefined
}

/**
 * Options that Kconfig dropped or changed: olddefconfig does not report a missing dependency.
 * An option asked to be `n` holds when the configuration does not mention it.
 */
function lostOptions(requested: readonly ConfigOption[], config: string): readonly LostOption[] {
  const values = new Map<string, string>()
  for (const line of config.split('\n')) {
    const [, set, value] = /^(CONFIG_\w+)=(.*)$/.exec(line) ?? []
    const unset = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1]
    if (set !== undefined && value !== undefined) values.set(set, value)
    if (unset !== undefined) values.set(unset, 'n')
  }
  return requested
    .map(option => ({ option, became: values.get(option.name) }))
    .filter(({ option, became }) => (became ?? 'n') !== option.value)
}
