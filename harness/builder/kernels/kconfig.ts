import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { formatFragment, type ConfigOption } from './fragment.js'
import { refuseLostOptions } from './lost-options.js'

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
  await refuseLostOptions({ kernel: options.kernel, tree: source, config }, options.options)
  return config
}
