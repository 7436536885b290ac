import { closeSync, openSync, writeSync } from 'node:fs'
import type { Problem, Status } from '../contract/events.js'

/** TAP 14: in a description, `#` would start a directive, and a newline would end it. */
const description = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll(/\s+/g, ' ')

/**
 * The raw TAP of one suite file, written as tests end: each is a subtest with node-tap's own
 * output. A file without a plan was cut off.
 */
export class SuiteTap {
  readonly #fd: number
  #points: number

  /** @param written points of a worker that began the file and died */
  constructor(file: string, title: string, written?: number) {
    this.#points = written ?? 0
    this.#fd = openSync(file, written === undefined ? 'w' : 'a')
    this.#write(
      written === undefined
        ? `TAP version 14\n# ${description(title)}\n`
        : '\n# continued by another worker\n',
    )
  }

  /** @param body the TAP stream of the test's last try */
  point(
    name: string,
    status: Status,
    details: { body?: string; reason?: string; problems?: readonly Problem[] },
  ): void {
    const number = ++this.#points
    if (details.body !== undefined && status !== 'skip') {
      this.#write(`# Subtest: ${description(name)}\n`)
      for (const line of details.body.split('\n')) {
        if (line !== '' && line !== 'TAP version 14') this.#write(`    ${line}\n`)
      }
    }
    const ok = status === 'pass' || status === 'skip'
    const skip = status === 'skip' ? ` # SKIP ${description(details.reason ?? '')}` : ''
    this.#write(`${ok ? 'ok' : 'not ok'} ${number} - ${description(name)}${skip}\n`)
    if (ok) return
    this.#write(`  ---\n  status: ${status}\n`)
    for (const problem of details.problems ?? [])
      this.#write(`  problem: ${JSON.stringify(problem.message)}\n`)
    this.#write('  ...\n')
  }

  comment(text: string): void {
    for (const line of text.split('\n')) this.#write(`# ${line}\n`)
  }

  end(): void {
    this.#write(`1..${this.#points}\n`)
    closeSync(this.#fd)
  }

  #write(text: string): void {
    writeSync(this.#fd, text)
  }
}
