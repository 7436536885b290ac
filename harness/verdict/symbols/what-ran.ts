import { readFile } from 'node:fs/promises'
import type { Frame } from '../finding.js'
import { frameOf } from './trace-line.js'
import type { SourceLines } from './source-lines.js'

/** Guest address of a loaded module's section: /sys/module/NAME/sections. */
export interface LoadedSection {
  readonly module: string
  readonly section: string
  readonly address: bigint
  /** In bytes. */
  readonly size: number
}

/** Whether an address lies in a section. */
export const isInSection = (at: bigint, { address, size }: LoadedSection): boolean =>
  address <= at && at < address + BigInt(size)

/** A virtual CPU's instruction pointer, and the words on its stack, newest first. */
export interface Processor {
  readonly index: number
  readonly instruction: bigint
  readonly stack: readonly bigint[]
}

/** What the processors of a guest were running. */
export interface WhatRan {
  /** For the user, with the module's source lines. */
  readonly text: string
  /** The functions in it, of one processor after another. */
  readonly frames: readonly Frame[]
}

interface KernelSymbol {
  readonly name: string
  readonly address: bigint
}

/** Freed when it has run: nothing runs there, but stacks that were recorded before may name it. */
const INIT_SECTION = '.init.text'
const SHOWN_CALLERS = 11

/**
 * What each CPU was running, as a trace: the exact instruction, then possible callers from
 * addresses on its stack. System.map's addresses hold, because the kernels are built without KASLR.
 *
 * @param sections those loaded last first
 * @param systemMap its path; without it kernel functions have no names
 */
export async function whatRan(
  processors: readonly Processor[],
  sections: readonly LoadedSection[],
  sourceLines: SourceLines,
  systemMap: string,
): Promise<WhatRan> {
  const kernel = await readSystemMap(systemMap)
  const live = sections.filter(({ section }) => section !== INIT_SECTION)
  const frameAt = async (address: bigint, exact: boolean): Promise<Frame | undefined> =>
    (await inModules(live, sourceLines, address, exact))[0] ?? inKernel(kernel, address, exact)
  const lines: string[] = []
  const frames: Frame[] = []
  for (const { index, instruction, stack } of processors) {
    const at = await frameAt(instruction, true)
    const where = at === undefined ? `0x${instruction.toString(16)}` : symbol(at)
    const callers: Frame[] = []
    for (const word of stack) {
      if (callers.length === SHOWN_CALLERS) break
      const frame = await frameAt(word, false)
      if (frame !== undefined) callers.push(frame)
    }
    lines.push(`CPU ${index} was at`, `RIP: 0010:${where}`)
    lines.push(...callers.map(frame => ` ? ${symbol(frame)}`))
    frames.push(...(at === undefined ? [] : [at]), ...callers)
  }
  return { text: await sourceLines.annotate(lines.join('\n')), frames }
}

/** Bare addresses in traces of an unloaded module, possibly after hashed pointers. */
const BARE = /^(\s+(?:\[<[^>]{1,16}>\] )?)0x([0-9a-f]{16})$/gm

/** Names the functions of unloaded modules in stacks that were recorded while they were loaded. */
export async function nameAddresses(
  text: string,
  sections: readonly LoadedSection[],
  sourceLines: SourceLines,
): Promise<string> {
  const names = new Map<string, string>()
  for (const [, , digits = ''] of text.matchAll(BARE)) {
    if (names.has(digits)) continue
    const frames = await inModules(sections, sourceLines, BigInt(`0x${digits}`), false)
    const [name = '', ...others] = new Set(frames.map(symbol))
    // Two functions lay there, one after another: which of them the stack had is not known.
    names.set(digits, name === '' || others.length > 0 ? `0x${digits}` : name)
  }
  return text.replace(BARE, (_, before: string, digits: string) => `${before}${names.get(digits)}`)
}

/** All functions that have lain at an address, in the order of the sections. */
async function inModules(
  sections: readonly LoadedSection[],
  sourceLines: SourceLines,
  address: bigint,
  exact: boolean,
): Promise<Frame[]> {
  // A return address may be the end of its section.
  const at = exact ? address : address - 1n
  const around = sections.filter(section => isInSection(at, section))
  const frames = around.map(({ module, section, address: start }) =>
    sourceLines.frameAt({ module, section, address: Number(address - start) }, exact),
  )
  return (await Promise.all(frames)).filter(frame => frame !== undefined)
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
