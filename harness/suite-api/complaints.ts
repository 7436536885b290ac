import { FindingReader, parseTraceLine, type Finding } from '../verdict/index.js'
import type { TestGuest } from './test-guest.js'

const FAILS = 'FAULT_INJECTION: forcing a failure'

/** What the kernel logged since the previous reading. */
export class Complaints {
  readonly #guest: TestGuest
  #last: number

  private constructor(guest: TestGuest, last: number) {
    this.#guest = guest
    this.#last = last
  }

  static async since(guest: TestGuest): Promise<Complaints> {
    return new Complaints(guest, await guest.logPosition())
  }

  /** @returns findings, and where the allocation is that was let fail */
  async next(): Promise<{ readonly findings: readonly Finding[] } & PlaceOfFailure> {
    const reader = new FindingReader([])
    const records = await this.#guest.kernelLog(this.#last)
    this.#last = records.at(-1)?.sequence ?? this.#last
    const findings = [...records.flatMap(record => reader.push(record)), ...reader.end()]
    return { findings, ...placeOfFailure(records.map(({ text }) => text)) }
  }
}

interface PlaceOfFailure {
  /** The functions that were running, inner first; empty where the kernel does not say. */
  readonly calls: readonly string[]
  /** Those of a module: `ring_init+0x37 → kzalloc+0x16 [ring]`; empty if in none */
  readonly place: string
}

/** By lib/fault-inject.c */
function placeOfFailure(lines: readonly string[]): PlaceOfFailure {
  const start = lines.findIndex(line => line.startsWith(FAILS))
  const trace = start < 0 ? [] : lines.slice(start + 1).flatMap(line => parseTraceLine(line) ?? [])
  const certain = trace.filter(({ unreliable }) => !unreliable)
  const own = certain.filter(({ module }) => module !== undefined)
  const frames =
    own.length > 0 ? own : trace.filter(({ module }) => module !== undefined).slice(0, 1)
  const names = frames.map(frame => `${frame.function}+0x${frame.offset.toString(16)}`).reverse()
  return {
    calls: certain.map(frame => frame.function),
    place: names.length === 0 ? '' : `${names.join(' → ')} [${frames[0]?.module}]`,
  }
}
