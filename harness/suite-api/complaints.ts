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

  /** @returns findings, and from where in a module the call was made that was let fail */
  async next(): Promise<{ readonly findings: readonly Finding[]; readonly caller: string }> {
    const reader = new FindingReader([])
    const records = await this.#guest.kernelLog(this.#last)
    this.#last = records.at(-1)?.sequence ?? this.#last
    const findings = [...records.flatMap(record => reader.push(record)), ...reader.end()]
    return { findings, caller: callerOfFailure(records.map(({ text }) => text)) }
  }
}

/** `ring_init+0x37 [ring]`, below the headline of lib/fault-inject.c; empty if in no module */
function callerOfFailure(lines: readonly string[]): string {
  const start = lines.findIndex(line => line.startsWith(FAILS))
  const trace = start < 0 ? [] : lines.slice(start + 1).flatMap(line => parseTraceLine(line) ?? [])
  const own = trace.filter(({ module }) => module !== undefined)
  const frame = own.find(({ unreliable }) => !unreliable) ?? own[0]
  if (frame === undefined) return ''
  return `${frame.function}+0x${frame.offset.toString(16)} [${frame.module}]`
}
