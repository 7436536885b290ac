import { readFile } from 'node:fs/promises'
import type { Frame } from './finding.js'
import { frameOf } from './frames.js'
import type { Symbolizer } from './symbolize.js'

/** Guest address of a loaded module's section: /sys/module/NAME/sections. */
export interface LoadedSection {
  readonly module: string
  readonly section: string
  readonly address: bigint
}

/** A virtual CPU's instruction pointer, and the words on its stack, newest first. */
export interface Processor {
  readonly index: number
  readonly instruction: bigint
  readonly stack: readonly bigint[]
}

interface KernelSymbol {
  readonly name: string
  readonly address: bigint
}

/** Section ends are unknown; this is longer than any. */
const LONGEST_SECTION_BYTES = 4n * 1024n * 1024n
const SHOWN_FRAMES = 12

/**
 * What each CPU was running, as a trace: the exact instruction, then possible callers from
 * addresses on its stack. System.map's addresses hold, because the kernels are built without KASLR.
 *
 * @param systemMap its path; without it kernel functions have no names
 */
export async function whatRan(
  processors: readonly Processor[],
  sections: readonly LoadedSection[],
  symbolizer: Symbolizer,
  systemMap: string,
): Promise<string> {
  const kernel = await readSystemMap(systemMap)
  const frameAt = async (address: bigint, exact: boolean): Promise<Frame | undefined> =>
    (await inModule(sections, symbolizer, address, exact)) ?? inKernel(kernel, address, exact)
  const parts: string[] = []
  for (const { index, instruction, stack } of processors) {
    const at = await frameAt(instruction, true)
    const where = at === undefined ? `0x${instruction.toString(16)}` : symbol(at)
    const lines = [`CPU ${index} was at`, `RIP: 0010:${where}`]
    for (const word of stack) {
      const frame = await frameAt(word, false)
      if (frame !== undefined) lines.push(` ? ${symbol(frame)}`)
      if (lines.length > SHOWN_FRAMES) break
    }
    parts.push(lines.join('\n'))
  }
  return symbolizer.annotate(parts.join('\n'))
}

/** Bare addresses in traces of an unloaded module, possibly after hashed pointers. */
const BARE = /^(\s+(?:\[<[^>]{1,16}>\] )?)0x([0-9a-f]{16})$/gm

/** Names the functions of unloaded modules in a report. */
export async function nameAddresses(
  text: string,
  sections: readonly LoadedSection[],
  symbolizer: Symbolizer,
): Promise<string> {
  const names = new Map<string, string>()
  for (const [, , digits = ''] of text.matchAll(BARE)) {
    if (names.has(digits)) continue
    const frame = await inModule(sections, symbolizer, BigInt(`0x${digits}`), false)
    names.set(digits, frame === undefined ? `0x${digits}` : symbol(frame))
  }
  return text.replace(BARE, (_, before: string, digits: string) => `${before}${names.get(digits)}`)
}

async function inModule(
  sections: readonly LoadedSection[],
  symbolizer: Symbolizer,
  address: bigint,
  exact: boolean,
): Promise<Frame | undefined> {
  for (const { module, section, address: start } of sections) {
    if (address < start || address >= start + LONGEST_SECTION_BYTES) continue
    const place = { name: module, section, address: Number(address - start) }
    const frame = await symbolizer.frameAt(place, exact)
    if (frame !== undefined) return frame
  }
  return undefined
}

const symbol = ({ function: name, offset, size, module }: Frame): string =>
  `${name}+0x${offset.toString(16)}/0x${size.toString(16)}${module === undefined ? '' : ` [${module}]`}`

/** The kernel's functions by their addresses, from `_stext` to `_etext`. */
async function readSystemMap(path: string): Promise<KernelSymbol[]> {
  const text = await readFile(path, 'latin1').catch(() => '')
  const symbols = [...text.matchAll(/^([0-9a-f]{16}) [tT] (\S+)$/gm)].map(
    ([, address = '0', name = '']) => ({ name, address: BigInt(`0x${address}`) }),
  )
  const find = (name: string): bigint | undefined =>
    symbols.find(each => each.name === name)?.address
  const [start, end] = [find('_stext') ?? 0n, find('_etext') ?? 0n]
  return symbols.filter(({ address }) => address >= start && address <= end)
}

function inKernel(
  symbols: readonly KernelSymbol[],
  address: bigint,
  exact: boolean,
): Frame | undefined {
  const wanted = exact ? address : address - 1n
  const next = symbols.findIndex(symbol => symbol.address > wanted)
  const found = symbols[next - 1]
  if (next < 1 || found === undefined) return undefined
  const size = Number((symbols[next]?.address ?? address) - found.address)
  const offset = Number(address - found.address)
  return frameOf({ function: found.name, offset, size }, exact)
}
