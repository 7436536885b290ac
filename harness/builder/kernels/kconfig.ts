import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { harnessError, usageError } from '../../platform/errors.js'
import { packageRoot } from '../../platform/files/package-root.js'
import { script } from '../../platform/process/script.js'
import { formatFragment, optionsFor, parseFragment, type ConfigOption } from './fragment.js'
import { imagesFolder } from '../images.js'
import { refuseLostOptions } from './lost-options.js'

const SHIPPED = join(imagesFolder, 'config')

/**
 * What fragments of `images/config/` ask for on a series, each with the project's of its name.
 *
 * @param kconfigFolder the project's fragments; need not exist
 * @throws ModproveError `CONFIGURATION`, naming the file that is at fault
 */
export async function requestedOptions(
  series: string,
  fragments: readonly string[],
  kconfigFolder: string,
): Promise<readonly ConfigOption[]> {
  const own = await ownFragments(kconfigFolder)
  const files = fragments.flatMap(name => [
    join(SHIPPED, name),
    ...(own.includes(name) ? [join(kconfigFolder, name)] : []),
  ])
  const parsed = files.map(async file =>
    parseFragment(await readFile(file, 'utf8'), relative(packageRoot, file)),
  )
  return optionsFor(series, await Promise.all(parsed))
}

/** A file that no flavour would read is a slip of the pen. */
async function ownFragments(folder: string): Promise<readonly string[]> {
  const own = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return []
  })
  const known = await readdir(SHIPPED)
  const stray = own.find(name => !known.includes(name))
  if (stray === undefined) return own
  throw usageError(
    'CONFIGURATION',
    `${relative(packageRoot, join(folder, stray))} is merged over no fragment. Fragments: ${known.join(', ')}`,
    { remedy: `${didYouMean(stray, known)}Give it the name of the one it belongs to` },
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
