/**
 * Splits a stream of bytes into lines. The rest of a line beyond the limit is counted and dropped,
 * so that a stream without newlines needs no memory.
 */
export class LineSplitter {
  readonly #limitBytes: number
  readonly #emit: (line: Buffer, droppedBytes: number) => void
  #parts: Buffer[] = []
  #keptBytes = 0
  #droppedBytes = 0

  constructor(limitBytes: number, emit: (line: Buffer, droppedBytes: number) => void) {
    this.#limitBytes = limitBytes
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.#keep(chunk.subarray(from, at))
      this.#end()
      from = at + 1
    }
    this.#keep(chunk.subarray(from))
  }

  /** The last line may have no newline. */
  finish(): void {
    if (this.#keptBytes > 0 || this.#droppedBytes > 0) this.#end()
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, this.#limitBytes - this.#keptBytes)
    if (kept.length > 0) this.#parts.push(kept)
    this.#keptBytes += kept.length
    this.#droppedBytes += part.length - kept.length
  }

  #end(): void {
    const line = Buffer.concat(this.#parts)
    const dropped = this.#droppedBytes
    this.#parts = []
    this.#keptBytes = 0
    this.#droppedBytes = 0
    this.#emit(line, dropped)
  }
}
