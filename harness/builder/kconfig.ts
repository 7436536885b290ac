import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError, usageError } from '../platform/errors.js'
import { script } from '../platform/process/script.js'
import { formatFragment, optionsFor, parseFragment, type ConfigOption } from './fragment.js'
import { imagesFolder } from './images.js'

/** Reads fragments of `images/config/` and leaves what is asked for on a series. */
export async function requestedOptions(
  series: string,
  fragments: readonly string[],
): Promise<readonly ConfigOption[]> {
  const parsed = fragments.map(async name => {
    const text = await readFile(join(imagesFolder, 'config', name), 'utf8')
    return parseFragment(text, `images/config/${name}`)
  })
  return optionsFor(series, await Promise.all(parsed))
}

export interface LostOption {
  readonly option: ConfigOption
  /** What the option became; undefined when the configuration does not know it. */
  readonly became: string | undefined
}

/**
 * Requested options that Kconfig dropped or changed: olddefconfig is silent when a dependency is missing.
 * An option asked to be `n` holds when the configuration does not mention it.
 */
export function lostOptions(
  requested: readonly ConfigOption[],
  config: string,
): readonly LostOption[] {
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

/** @throws ModproveError `OPTIONS_LOST` (exit 2), naming every lost option, its line, and what it became */
export function refuseLostOptions(
  kernel: string,
  requested: readonly ConfigOption[],
  config: string,
): void {
  const lost = lostOptions(requested, config)
  if (lost.length === 0) return
  const lines = lost.map(
    ({ option, became }) =>
      `${option.place}: ${option.name}=${option.value} became ${became ?? 'unknown to this kernel, or out of reach'}`,
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

export interface ConfigureOptions {
  /** Unpacked kernel source. */
  readonly source: string
  /** Build folder of `make O=`; gets `.config`. */
  readonly output: string
  /** How messages name the kernel: `6.1.192 debug`. */
  readonly kernel: string
  readonly options: readonly ConfigOption[]
  /** Arguments every `make` of this build gets. */
  readonly make: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Writes `.config`: tinyconfig, the requested options on top, the rest by default.
 * @returns the complete configuration
 * @throws ModproveError `OPTIONS_LOST`, `CONFIGURE_FAILED`
 */
export async function configure(options: ConfigureOptions): Promise<string> {
  const { source, output, make, signal } = options
  // merge_config.sh leaves its temporary files where it is called.
  const $ = script({ cwd: output, signal })
  const fragment = join(output, 'modprove.config')
  await writeFile(fragment, formatFragment(options.options))
  try {
    await $`make -C ${source} ${make} O=${output} tinyconfig`
    await $`${source}/scripts/kconfig/merge_config.sh -m -O ${output} ${output}/.config ${fragment}`
    await $`make -C ${source} ${make} O=${output} olddefconfig`
  } catch (cause) {
    signal.throwIfAborted()
    throw harnessError('CONFIGURE_FAILED', `Kernel ${options.kernel} could not be configured`, {
      detail: String(cause),
      cause,
    })
  }
  const config = await readFile(join(output, '.config'), 'utf8')
  refuseLostOptions(options.kernel, options.options, config)
  return config
}
