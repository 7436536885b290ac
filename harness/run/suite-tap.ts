import { closeSync, openSync, writeSync } from 'node:fs'
import type { Problem, Status } from '../events.js'

/** TAP 14: `#` in a description would begin a directive, a newline would end it. */
const description = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll(/\s+/g, ' ')

/**
 * The raw TAP of one suite file, written as it happens: each test is a subtest in node-tap's own words.
 * A file that ends before its plan was cut off.
 */
export class SuiteTap {
  readonly #fd: number
  #points = 0

  constructor(file: string, title: string) {
    this.#fd = openSync(file, 'w')
    this.#write(`TAP version 14\n# ${description(title)}\n`)
  }

  /** @param body TAP of the test's last try, as its own stream */
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
