import { readFile } from 'node:fs/promises'
import { requireExports } from './exports.js'
import { symbolSourcesOf, type SymbolSource } from './symbol-sources.js'
import type { KernelBuild, Work } from '../types.js'

/** 6.12: `"usb_free_urb" [ring.ko] undefined!`; 7.3: `ring.ko: symbol 'usb_free_urb' undefined!` */
const UNDEFINED = /^ERROR: modpost: (?:"([^"\s]+)" \[\S+\]|\S+: symbol '([^'\s]+)') undefined!$/gm

/** The symbols that modpost found nowhere, each once. */
export const undefinedSymbols = (output: string): readonly string[] => [
  ...new Set([...output.matchAll(UNDEFINED)].map(([, old, now = '']) => old ?? now)),
]

/**
 * Explains symbols that a module uses and this kernel does not export, a line each: the option that
 * provides it, where the kernel's source is available.
 *
 * @param fragment how messages name the file to set it in
 */
export async function explainSymbols(
  symbols: readonly string[],
  kernel: KernelBuild,
  fragment: string,
  work: Work,
): Promise<readonly string[]> {
  const { systemMap, config, source: name, sourceTree } = kernel
  const map = await readFile(systemMap, 'utf8').catch(() => '')
  const inKernel = new Set([...map.matchAll(/^\S+ \S (\S+)$/gm)].map(([, name = '']) => name))
  const set = await readFile(config, 'utf8').catch(() => '')
  const wanted = symbols.filter(symbol => !inKernel.has(symbol))
  const kept = wanted.length === 0 ? undefined : await requireExports(kernel, work)
  const sources = kept === undefined ? undefined : await symbolSourcesOf(wanted, kept)
  const lines = symbols.map(symbol => {
    if (inKernel.has(symbol))
      return `${symbol}: this kernel has it, and does not export it to modules`
    if (sources === undefined) return `${symbol}: this kernel has no such symbol`
    const source = sources.get(symbol)
    if (source === undefined)
      return `${symbol}: this kernel has no such symbol, and no EXPORT_SYMBOL in its source names it`
    return `${symbol}: ${bringing(source, set, fragment)}`
  })
  if (kept !== undefined || wanted.length === 0) return lines
  return [
    ...lines,
    `The source of ${name}, which names the options that provide them, is neither in ${sourceTree} nor in the cache`,
  ]
}

function bringing({ file, options }: SymbolSource, config: string, fragment: string): string {
  const missing = options.filter(option => !new RegExp(`^${option}=y$`, 'm').test(config))
  return missing.length === 0
    ? `${file} exports it, which this kernel was built without`
    : `${file} exports it: set ${missing.map(option => `${option}=y`).join(' and ')} in ${fragment}`
}
