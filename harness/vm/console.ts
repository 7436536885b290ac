import { EventEmitter } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished, type Readable } from 'node:stream'
import { decodeUtf8 } from '../platform/text.js'
import { LineSplitter } from '../platform/lines.js'

export interface ConsoleLimits {
  readonly lineBytes: number
  readonly keptLines: number
  readonly fileBytes: number
}

/** A kernel's log is kilobytes, a thousand splats are megabytes; what is more than that is a flood. */
const DEFAULT_LIMITS: ConsoleLimits = {
  lineBytes: 8192,
  keptLines: 1000,
  fileBytes: 16 * 1024 * 1024,
}

/**
 * Reads a guest's serial port as long as it lives: keeps its beginning in a file, its last lines in
 * memory, and tells each line as it comes. All of it is bounded, and none of it is escaped: that is for
 * whoever shows it.
 */
export class Console extends EventEmitter<{ line: [string] }> {
  readonly path: string
  /** Resolves when the guest's end is closed and the file is whole. */
  readonly ended: Promise<void>
  readonly #limits: ConsoleLimits
  readonly #file: WriteStream
  readonly #last: string[] = []
  #fileRoomBytes: number
  #unkeptBytes = 0

  constructor(source: Readable, path: string, limits: ConsoleLimits = DEFAULT_LIMITS) {
    super()
    this.path = path
    this.#limits = limits
    this.#fileRoomBytes = limits.fileBytes
    // Written in place, not renamed into it, so that a person can follow it while the machine runs.
    // Appended to, because a job whose machine died goes on in another.
    this.#file = createWriteStream(path, { flags: 'a' })
    this.ended = this.#read(source)
  }

  /** The last lines, at most; the oldest first, without their ends. */
  tail(lines: number): string[] {
    return this.#last.slice(Math.max(0, this.#last.length - lines))
  }

  /** Resolves when a line is, or was, this text alone; never, when none is. */
  line(text: string): Promise<void> {
    if (this.#last.includes(text)) return Promise.resolve()
    return new Promise(resolve => {
      const look = (line: string) => {
        if (line !== text) return
        this.off('line', look)
        resolve()
      }
      this.on('line', look)
    })
  }

  async #read(source: Readable): Promise<void> {
    let fileFailed = false
    const fileClosed = new Promise<void>(resolve => this.#file.once('close', resolve))
    // A full disk must not cost the live lines; the file says by its length what it lacks.
    this.#file.on('error', () => {
      fileFailed = true
      source.resume()
    })
    this.#file.on('drain', () => source.resume())
    const lines = new LineSplitter(this.#limits.lineBytes, (line, dropped) =>
      this.#take(line, dropped),
    )
    await new Promise<void>(resolve => {
      source.on('data', (chunk: Buffer) => {
        if (!fileFailed && !this.#write(chunk)) source.pause()
        lines.push(chunk)
      })
      // Knows also of a stream that has ended already. Its error is an end like another.
      finished(source, { writable: false }, () => resolve())
    })
    lines.finish()
    this.#file.end(this.#epilogue())
    await fileClosed
  }

  /** @returns false when the file should be waited for */
  #write(chunk: Buffer): boolean {
    const kept = chunk.subarray(0, this.#fileRoomBytes)
    this.#fileRoomBytes -= kept.length
    this.#unkeptBytes += chunk.length - kept.length
    return kept.length === 0 || this.#file.write(kept)
  }

  #take(line: Buffer, droppedBytes: number): void {
    const text = decodeUtf8(line).replace(/\r+$/, '')
    const whole = droppedBytes === 0 ? text : `${text}… (${droppedBytes} bytes more)`
    this.#last.push(whole)
    if (this.#last.length > this.#limits.keptLines) this.#last.shift()
    this.emit('line', whole)
  }

  #epilogue(): string {
    if (this.#unkeptBytes === 0) return ''
    const tail = this.tail(this.#limits.keptLines).join('\n')
    return `\n[modprove: ${this.#unkeptBytes} bytes were not kept; these are the last lines]\n${tail}\n`
  }
}
