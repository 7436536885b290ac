import { readFile } from 'node:fs/promises'
import { configName } from '../../project/config-place.js'
import type { Project } from '../../project/project.js'
import { explainOption } from '../kernels/dependencies/explain-option.js'
import { readKconfig } from '../kernels/dependencies/kconfig-files.js'
import { loadFlavours } from '../kernels/flavours.js'
import { optionsFor, parseOption } from '../kernels/fragment.js'
import { valuesOf } from '../kernels/lost-options.js'
import { requireExports } from './exports.js'
import { symbolSourcesOf } from './symbol-sources.js'
import type { KernelBuild, Work } from '../types.js'

/** Work for a project whose configuration is to be added to. */
interface Asking extends Work {
  readonly project: Pick<Project, 'configFile'>
}

/** 6.12: `"usb_free_urb" [ring.ko] undefined!`; 7.3: `ring.ko: symbol 'usb_free_urb' undefined!` */
const UNDEFINED = /^ERROR: modpost: (?:"([^"\s]+)" \[\S+\]|\S+: symbol '([^'\s]+)') undefined!$/gm

/** The symbols that modpost found nowhere, each once. */
export const undefinedSymbols = (output: string): readonly string[] => [
  ...new Set([...output.matchAll(UNDEFINED)].map(([, old, now = '']) => old ?? now)),
]

/** Before and since gcc 14. */
const UNDECLARED = /\b(?:error|warning): implicit declaration of function [‘'](\w+)[’']/g

/** Functions that a module calls without a declaration: that of an option may be left out. */
export const undeclaredFunctions = (output: string): readonly string[] => [
  ...new Set([...output.matchAll(UNDECLARED)].map(([, name = '']) => name)),
]

/**
 * Explains symbols that a module uses and this kernel does not export, a line each: the option that
 * provides it, where the kernel's source is available; and the line to add to the configuration.
 */
export async function explainSymbols(
  symbols: readonly string[],
  kernel: KernelBuild,
  work: Asking,
): Promise<readonly string[]> {
  const { systemMap, source: name, sourceTree } = kernel
  const map = await readFile(systemMap, 'utf8').catch(() => '')
  const inKernel = new Set([...map.matchAll(/^\S+ \S (\S+)$/gm)].map(([, name = '']) => name))
  const wanted = symbols.filter(symbol => !inKernel.has(symbol))
  const kept = wanted.length === 0 ? undefined : await requireExports(kernel, work)
  const sources = kept === undefined ? undefined : await symbolSourcesOf(wanted, kept)
  const isSet = await optionsOf(kernel)
  const missing = new Set<string>()
  const lines = symbols.map(symbol => {
    if (inKernel.has(symbol))
      return `${symbol}: this kernel has it, and does not export it to modules`
    if (sources === undefined) return `${symbol}: this kernel has no such symbol`
    const source = sources.get(symbol)
    if (source === undefined)
      return `${symbol}: this kernel has no such symbol, and no EXPORT_SYMBOL in its source names it`
    const options = source.options.filter(option => !isSet(option))
    for (const option of options) missing.add(`${option}=y`)
    return `${symbol}: ${source.file} exports it, ${
      options.length === 0
        ? 'which this kernel was built without'
        : `if ${options.join(' and ')} ${options.length === 1 ? 'is' : 'are'} set`
    }`
  })
  if (missing.size > 0) {
    const all = new Set([...(await whatTheyNeed([...missing], kernel.config, kept)), ...missing])
    const add = [...all].map(line => JSON.stringify(line)).join(', ')
    const flavour = await flavourWith([...missing], kernel.series)
    const inFlavour = flavour && `Run it with --flavour ${flavour}, whose kernel has that, or add`
    lines.push(`${inFlavour ?? 'Add'} to "kconfig" in ${configName(work.project)}: ${add}`)
  }
  // A prebuilt kernel has no source here, and its options are as they are.
  if (kept !== undefined || wanted.length === 0 || sourceTree === '') return lines
  return [
    ...lines,
    `The source of ${name}, which names the options that provide them, is neither in ${sourceTree} nor in the cache`,
  ]
}

/** The first flavour whose kernels have all of these lines: KUnit and debugging have their own. */
async function flavourWith(lines: readonly string[], series: string): Promise<string | undefined> {
  const flavour = (await loadFlavours()).find(({ options }) => {
    const own = optionsFor(series, options).map(({ name, value }) => `${name}=${value}`)
    return lines.every(line => own.includes(line))
  })
  return flavour?.name
}

/** Lines that must be there before Kconfig takes these. @param kept from `requireExports` */
async function whatTheyNeed(
  lines: readonly string[],
  config: string,
  kept = '',
): Promise<string[]> {
  const symbols = await readKconfig(kept)
  const values = valuesOf(await readFile(config, 'utf8').catch(() => ''))
  const valueOf = (name: string): string => values.get(`CONFIG_${name}`) ?? 'n'
  return lines
    .map(line => parseOption(line, ''))
    .filter(({ name }) => symbols.has(name.replace('CONFIG_', '')))
    .flatMap(option => explainOption(option, { symbols, valueOf }).add)
}

/** Whether the kernel has an option; one of `=m` counts where its modules were built. */
async function optionsOf({ config, modules }: KernelBuild): Promise<(option: string) => boolean> {
  const text = await readFile(config, 'utf8').catch(() => '')
  const values = modules.length > 0 ? '[ym]' : 'y'
  return option => new RegExp(`^${option}=${values}$`, 'm').test(text)
}

/**
 * Explains calls of undeclared functions that an option of the kernel would bring, as {@link
 * explainSymbols} does; others are a slip of the module's own.
 */
export async function explainUndeclared(
  functions: readonly string[],
  kernel: KernelBuild,
  work: Asking,
): Promise<readonly string[]> {
  const kept = functions.length === 0 ? undefined : await requireExports(kernel, work)
  if (kept === undefined) return []
  const isSet = await optionsOf(kernel)
  const sources = await symbolSourcesOf(functions, kept)
  const brought = functions.filter(name =>
    sources.get(name)?.options.some(option => !isSet(option)),
  )
  return brought.length === 0 ? [] : explainSymbols(brought, kernel, work)
}
