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

  /** @returns findings, and by which calls of a module came what was let fail */
  async next(): Promise<{ readonly findings: readonly Finding[]; readonly place: string }> {
    const reader = new FindingReader([])
    const records = await this.#guest.kernelLog(this.#last)
    this.#last = records.at(-1)?.sequence ?? this.#last
    const findings = [...records.flatMap(record => reader.push(record)), ...reader.end()]
    return { findings, place: placeOfFailure(records.map(({ text }) => text)) }
  }
}

/** `ring_init+0x37 → kzalloc+0x16 [ring]`, by lib/fault-inject.c; empty if in no module */
function placeOfFailure(lines: readonly string[]): string {
  const start = lines.findIndex(line => line.startsWith(FAILS))
  const trace = start < 0 ? [] : lines.slice(start + 1).flatMap(line => parseTraceLine(line) ?? [])
  const own = trace.filter(({ module }) => module !== undefined)
  const certain = own.filter(({ unreliable }) => !unreliable)
  const frames = certain.length > 0 ? certain : own.slice(0, 1)
  const calls = frames.map(frame => `${frame.function}+0x${frame.offset.toString(16)}`).reverse()
  return calls.length === 0 ? '' : `${calls.join(' → ')} [${frames[0]?.module}]`
}
