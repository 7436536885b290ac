import { scaledHere } from '../../platform/waiting/deadlines.js'
import { isThere } from '../../platform/files/is-there.js'
import { defined } from '../../platform/pick.js'
import type { Frame } from '../finding.js'
import { callSites } from '../symbols/call-sites.js'
import { frameOf } from '../symbols/trace-line.js'
import {
  functionAt,
  placeInObject,
  readSymbols,
  type SectionAddress,
  type Symbols,
} from '../symbols/object-symbols.js'

/** A function's name and line from DWARF. */
export interface ObjectLocation {
  readonly function: string
  readonly file: string
  readonly line: number
}

const TOOL_DEADLINE_MS = 60_000

/**
 * A module's relocatable object with DWARF. Its addresses are relative to sections; they are
 * looked up with binutils' `nm`, `objdump` and `addr2line -j`.
 */
export class DebugObject {
  readonly #file: string
  readonly #signal: AbortSignal | undefined
  #known: Promise<Symbols | string> | undefined

  /** @param signal stops running tools, for good */
  constructor(file: string, signal?: AbortSignal) {
    this.#file = file
    this.#signal = signal
  }

  /**
   * The places of each frame, innermost inlined function first and at least one, or the reason why
   * there are none. Empty if the lookup was aborted.
   */
  async lookUp(frames: readonly Frame[]): Promise<(readonly ObjectLocation[] | string)[]> {
    const symbols = await this.#symbols()
    if (this.#signal?.aborted) return []
    if (typeof symbols === 'string') return frames.map(() => symbols)

    const targets = frames.map(frame => placeInObject(frame, symbols))
    const sections = new Map<string, Set<number>>()
    for (const each of targets)
      if (typeof each !== 'string')
        sections.set(each.section, (sections.get(each.section) ?? new Set()).add(each.address))
    const places = new Map<string, readonly ObjectLocation[] | string>()
    for (const [section, addresses] of sections)
      for (const [address, found] of await this.#places(section, [...addresses]))
        places.set(`${section}:${address}`, found)
    if (this.#signal?.aborted) return []
    return targets.map(each =>
      typeof each === 'string'
        ? each
        : (places.get(`${each.section}:${each.address}`) ?? 'addr2line did not answer'),
    )
  }

  /** The function at this address of a section. */
  async functionAt(
    place: SectionAddress,
  ): Promise<Pick<Frame, 'function' | 'offset' | 'size'> | undefined> {
    const symbols = await this.#symbols()
    return typeof symbols === 'string' ? undefined : functionAt(symbols, place)
  }

  /** The first instruction of the only function of this name. */
  async startOf(name: string): Promise<Frame | undefined> {
    const symbols = await this.#symbols()
    const [symbol, ...others] = (typeof symbols === 'string' ? undefined : symbols.get(name)) ?? []
    if (symbol === undefined || others.length > 0) return undefined
    return frameOf({ function: name, offset: 0, size: symbol.size }, true)
  }

  /** Each place in the object at which a frame's function is called. */
  async callersOf(frame: Frame): Promise<Frame[]> {
    const symbols = await this.#symbols()
    const place = typeof symbols === 'string' ? symbols : placeInObject(frame, symbols)
    if (typeof symbols === 'string' || typeof place === 'string') return []
    const address = place.address - (functionAt(symbols, place)?.offset ?? 0)
    const output = await this.#tool('objdump', ['-dr', '--no-show-raw-insn', '--', this.#file])
    if (typeof output !== 'object') return []
    return callSites(output.lines, { ...place, address }).flatMap(site => {
      const caller = functionAt(symbols, site)
      return caller === undefined ? [] : [{ ...frameOf(caller, true), module: frame.module }]
    })
  }

  #symbols(): Promise<Symbols | string> {
    return (this.#known ??= this.#readSymbols())
  }

  async #readSymbols(): Promise<Symbols | string> {
    if (!(await isThere(this.#file)))
      return `the object with debug information is gone: ${this.#file}`
    const output = await this.#tool('nm', ['-f', 'sysv', '--', this.#file])
    if (typeof output !== 'object') return output
    return readSymbols(output.lines)
  }

  async #places(
    section: string,
    addresses: readonly number[],
  ): Promise<Map<number, readonly ObjectLocation[] | string>> {
    const hex = addresses.map(address => `0x${address.toString(16)}`)
    const flags = ['-a', '-i', '-f', '-j', section, '-e', this.#file]
    const output = await this.#tool('addr2line', [...flags, ...hex])
    if (typeof output !== 'object') return new Map(addresses.map(address => [address, output]))
    const found = new Map<number, ObjectLocation[]>()
    let places: ObjectLocation[] = []
    let name = ''
    for (const line of output.lines) {
      if (/^0x[0-9a-f]{8,16}$/.test(line)) {
        places = []
        name = ''
        found.set(parseInt(line, 16), places)
      } else if (name === '') {
        name = line
      } else {
        const [, file, number] =
          /^(.{1,4096}):(\d{1,7})(?: \(discriminator \d+\))?$/.exec(line) ?? []
        if (file !== undefined && number !== '0')
          places.push({ function: name, file, line: Number(number) })
        name = ''
      }
    }
    return new Map(
      [...found].map(([address, places]) => [
        address,
        places.length > 0 ? places : 'its object has no debug information for this address',
      ]),
    )
  }

  async #tool(
    name: string,
    args: readonly string[],
  ): Promise<{ readonly lines: readonly string[] } | string> {
    // Imported lazily: otherwise every worker's start waits for it.
    const { script } = await import('../../platform/process/script.js')
    const $ = script({
      timeoutMs: scaledHere(TOOL_DEADLINE_MS),
      ...defined({ signal: this.#signal }),
    })
    const { exitCode, stdout, stderr } = await $({ nothrow: true })`${name} ${args}`
    if (exitCode === 0) return { lines: stdout.split('\n').filter(line => line !== '') }
    if (exitCode === 127) return `${name} is not installed: apt-get install binutils`
    return `${name} failed: ${stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? ''}`
  }
}
