import { createWriteStream, type WriteStream } from 'node:fs'
import type { LogRecord } from '../contract/log-record.js'

/** A thousand splats are a few megabytes; more than this is a flood. */
const MOST_BYTES = 16 * 1024 * 1024

/** The kernel log as text, cut off at a size limit. */
export class KernelLogFile {
  readonly #file: WriteStream
  #roomBytes: number
  #unkeptRecords = 0
  #failure: Error | undefined

  /** @param path appended to: a job whose machine died continues on another */
  constructor(path: string, mostBytes = MOST_BYTES) {
    this.#roomBytes = mostBytes
    this.#file = createWriteStream(path, { flags: 'a' })
    this.#file.on('error', error => (this.#failure ??= error))
  }

  /** Why writing failed. */
  get failure(): Error | undefined {
    return this.#failure
  }

  write({ level, timeUs, caller, text }: LogRecord): void {
    const line = `<${level}>[${(timeUs / 1e6).toFixed(6)}][${caller}] ${text}\n`
    this.#roomBytes -= Buffer.byteLength(line)
    if (this.#roomBytes < 0) this.#unkeptRecords += 1
    else this.#file.write(line)
  }

  /** Resolves when the file is complete, or writing failed. */
  async end(): Promise<void> {
    if (this.#file.closed) return
    const closed = new Promise<void>(resolve => this.#file.once('close', resolve))
    if (this.#unkeptRecords > 0)
      this.#file.write(`[modprove: ${this.#unkeptRecords} records more were not kept]\n`)
    this.#file.end()
    await closed
  }
}
