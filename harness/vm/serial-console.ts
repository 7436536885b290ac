import { EventEmitter } from 'node:events'
import { createWriteStream, statSync, type WriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { finished, type Readable } from 'node:stream'
import { decodeUtf8 } from '../platform/text/text.js'
import { LineSplitter } from '../platform/text/lines.js'

export interface ConsoleLimits {
  readonly lineBytes: number
  readonly keptLines: number
  readonly fileBytes: number
}

/** A kernel's log takes kilobytes, a thousand splats take megabytes; anything larger is a flood. */
const DEFAULT_LIMITS: ConsoleLimits = {
  lineBytes: 8192,
  keptLines: 1000,
  fileBytes: 16 * 1024 * 1024,
}

/**
 * Reads a guest's serial port: saves its beginning in a file, keeps its last lines in memory, and
 * emits each line. All of it is bounded. Nothing is escaped: whoever shows it must do that.
 */
export class SerialConsole extends EventEmitter<{ line: [string] }> {
  readonly path: string
  /** Resolves when the guest's end is closed and the file is complete. */
  readonly ended: Promise<void>
  readonly #limits: ConsoleLimits
  readonly #file: WriteStream
  /** Where this machine's part of the file begins. */
  readonly #fromByte: number
  readonly #last: string[] = []
  #fileRoomBytes: number
  #unkeptBytes = 0

  constructor(source: Readable, path: string, limits: ConsoleLimits = DEFAULT_LIMITS) {
    super()
    this.path = path
    this.#limits = limits
    this.#fileRoomBytes = limits.fileBytes
    this.#fromByte = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    // Appended in place, so it can be followed live, and a job whose machine died continues it.
    this.#file = createWriteStream(path, { flags: 'a' })
    this.ended = this.#read(source)
  }

  /** Returns at most that many last lines, oldest first, without newlines. */
  tail(lines: number): string[] {
    return this.#last.slice(Math.max(0, this.#last.length - lines))
  }

  /** All that the guest has printed by now and that is kept. */
  async text(): Promise<string> {
    const keptBytes = this.#limits.fileBytes - this.#fileRoomBytes
    const epilogue = this.#epilogue()
    const written = new Promise<void>(resolve => {
      if (!this.#file.writableEnded) this.#file.write('', () => resolve())
    })
    await Promise.race([written, this.ended])
    const bytes = await readFile(this.path).catch(() => Buffer.alloc(0))
    // Beyond may be the epilogue, and what the next machine prints.
    return decodeUtf8(bytes.subarray(this.#fromByte, this.#fromByte + keptBytes)) + epilogue
  }

  /** Resolves when a line equals this text, at once if one did before; otherwise never. */
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
    // A full disk must not stop the live lines; the epilogue reports the missing bytes.
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
      // `finished` also notices a stream that has ended already; an error counts as an end.
      finished(source, { writable: false }, () => resolve())
    })
    lines.finish()
    this.#file.end(this.#epilogue())
    await fileClosed
  }

  /** @returns false when the caller should wait for `drain` */
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
