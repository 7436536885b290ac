import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EXPORTS } from './exports.js'

/** Where a kernel's source exports a symbol. */
export interface SymbolSource {
  /** Relative to the tree: `drivers/usb/core/urb.c`. */
  readonly file: string
  /** What has to be set for the file to be compiled, as far as the makefiles above it tell: `CONFIG_USB`. */
  readonly options: readonly string[]
}

/**
 * Those who export symbols.
 *
 * @param kept as `requireExports` gives it
 * @returns by symbol
 */
export async function symbolSourcesOf(
  symbols: readonly string[],
  kept: string,
): Promise<ReadonlyMap<string, SymbolSource>> {
  const found = new Map<string, SymbolSource>()
  const wanted = new Set(symbols)
  const exporting = await readFile(join(kept, EXPORTS), 'utf8')
  const lines = exporting.split('\n').sort((a, b) => rank(a) - rank(b))
  for (const line of lines) {
    const [, file, symbol] = EXPORTING.exec(line) ?? []
    if (file === undefined || symbol === undefined) continue
    if (!wanted.has(symbol) || found.has(symbol)) continue
    found.set(symbol, { file, options: await optionsOf(file, kept) })
  }
  return found
}

const EXPORTING =
  /^\.\/([^:]+):.*EXPORT_SYMBOL(?:_GPL|_NS|_NS_GPL|_FOR_MODULES|_GPL_FOR_MODULES)? *\( *(\w+) *[,)]/

/** Other architectures come last. */
const rank = (line: string): number =>
  line.startsWith('./arch/') && !line.startsWith('./arch/x86/') ? 1 : 0

/** The options that the makefiles from a file's folder up to the root ask for. */
async function optionsOf(file: string, tree: string): Promise<string[]> {
  const options: string[] = []
  let folder = dirname(file)
  let target = `${basename(file).replace(/\.[cS]$/, '')}.o`
  for (;;) {
    options.push(...conditionsOf(target, await makefileOf(join(tree, folder)), options))
    if (folder === '.') return [...new Set(options)]
    target = `${basename(folder)}/`
    folder = dirname(folder)
  }
}

/** What Kbuild's own lists are called; others are objects made of several. */
const LISTS = ['obj', 'lib', 'core', 'drivers']

/**
 * What one makefile asks for to build a target: `obj-$(CONFIG_USB) += usbcore.o`, of which `usbcore-y` has it.
 * Of several ways the one that needs no option, else one whose options are known to be needed, else the first.
 */
function conditionsOf(
  target: string,
  makefile: string,
  known: readonly string[],
  within: readonly string[] = [],
): string[] {
  const ways: string[][] = []
  const lists = makefile.matchAll(/^([\w.+-]+)-(y|m|objs|\$\(\w+\))[ \t]*[:+?]?=[ \t]*(.*)$/gm)
  for (const [, list = '', condition = '', value = ''] of lists) {
    if (!value.split(/\s+/).includes(target) || within.includes(target)) continue
    const own = /^\$\((CONFIG_\w+)\)$/.exec(condition)?.[1]
    const above = LISTS.includes(list)
      ? []
      : conditionsOf(`${list}.o`, makefile, known, [...within, target])
    ways.push([...(own === undefined ? [] : [own]), ...above])
  }
  const cheap = (way: string[]): boolean => way.every(option => known.includes(option))
  return ways.find(cheap) ?? ways[0] ?? []
}

/** With its continued lines joined. */
async function makefileOf(folder: string): Promise<string> {
  for (const name of ['Kbuild', 'Makefile']) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
    if (text !== undefined) return text.replaceAll(/\\\n/g, ' ')
  }
  return ''
}
