import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makefileOf } from '../../project/kbuild-file.js'
import { EXPORTS } from './exports.js'

/** Where a kernel's source exports a symbol. */
interface SymbolSource {
  /** Relative to the tree: `drivers/usb/core/urb.c`. */
  readonly file: string
  /** Options that its makefiles require: `CONFIG_USB`. */
  readonly options: readonly string[]
}

/**
 * Finds the files that export symbols.
 * @param kept from `requireExports`
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

/** Options required by the makefiles from a file's folder up to the root. */
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

/** Kbuild's own lists; other variables name parts of composite objects. */
const LISTS = ['obj', 'lib', 'core', 'drivers']

/**
 * Conditions under which a makefile builds a target: `obj-$(CONFIG_USB) += usbcore.o`, with the
 * target in `usbcore-y`. Of several ways, prefers one without options, then one whose options are
 * known to be required, then the first.
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
