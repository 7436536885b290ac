import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { FindingReport } from '../../contract/events.js'
import { decodeUtf8 } from '../../platform/text/text.js'
import type { ConsoleExcerpt } from './data.js'

/** Bounds the memory for a guest that prints without end. */
const MAX_READ_BYTES = 16 * 2 ** 20
const BEFORE_LINES = 30
const SPLAT_LINES = 200
const AFTER_LINES = 30

/** printk's prefix on a console: time, and the caller with CONFIG_PRINTK_CALLER. */
const PREFIX = /^\[ {0,6}\d{1,9}\.\d{6}\](?:\[ {0,8}[TC]\d{1,9}\])? ?/

/** The console of one job; findings must be looked up in the order in which they were made. */
export class JobConsole {
  readonly #file: string
  readonly #lines: readonly string[]
  readonly #texts: readonly string[]
  #next = 0

  private constructor(file: string, text: string) {
    this.#file = file
    this.#lines = text.split('\n').map(line => line.replace(/\r+$/, ''))
    this.#texts = this.#lines.map(line => line.replace(PREFIX, '').trimEnd())
  }

  /** @returns undefined if the record has none */
  static async read(record: string, job: string): Promise<JobConsole | undefined> {
    const file = `jobs/${job}/console.log`
    await using handle = await open(join(record, file)).catch(() => undefined)
    if (handle === undefined) return undefined
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(Math.min(size, MAX_READ_BYTES))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    return new JobConsole(file, decodeUtf8(bytes.subarray(0, bytesRead)).trimEnd())
  }

  /** The lines around a finding's splat; undefined if the console lacks it (quiet, or cut off). */
  around(finding: FindingReport): ConsoleExcerpt | undefined {
    const splat = finding.text
      .split('\n')
      .map(line => line.trimEnd())
      .filter(line => line !== '')
    const [first] = splat
    if (first === undefined) return undefined
    const later = this.#texts.indexOf(first, this.#next)
    const start = later === -1 ? this.#texts.indexOf(first) : later
    if (start === -1) return undefined
    const end = this.#endOf(splat, start)
    this.#next = end
    const shown = Math.min(end, start + SPLAT_LINES)
    const from = Math.max(0, start - BEFORE_LINES)
    const to = Math.min(this.#lines.length, end + AFTER_LINES)
    const left = end - shown
    const cut = left > 0 ? [`… (${left} lines more, in the record)`] : []
    return {
      file: this.#file,
      line: from + 1,
      before: this.#lines.slice(from, start),
      splat: [...this.#lines.slice(start, shown), ...cut],
      after: this.#lines.slice(end, to),
      behind: this.#lines.length - to,
    }
  }

  /** The index after the splat's last line; lines of other callers may be between its own. */
  #endOf(splat: readonly string[], start: number): number {
    let at = start
    for (const line of splat) {
      const found = this.#texts.slice(at, at + SPLAT_LINES).indexOf(line)
      if (found !== -1) at += found + 1
    }
    return at
  }
}
