import type { Level, TapPoint } from './level.js'
import { parseTapLine } from './line.js'
import { isOfStream } from './odd-lines.js'
import { inside } from './points.js'

/** Reads one of them. */
interface StreamReader {
  readonly top: Level
  take(text: string, number: number, options: { readonly isLong: boolean }): void
  /** Ends what is open. */
  close(): void
}

/**
 * The streams in comments before a test point: kselftest's runner puts "# " before all that a test
 * prints, and a test that is a script may run several programs.
 */
export class CommentedStreams {
  readonly #make: () => StreamReader | undefined
  #open: StreamReader | undefined
  #earlier: TapPoint[] = []

  /** @param make a reader for one more stream; undefined if there may be none */
  constructor(make: () => StreamReader | undefined) {
    this.#make = make
  }

  /** @param text of a comment; of prose, nothing is kept */
  take(text: string, number: number, isLong: boolean): void {
    const isNext = this.#open?.top.isFresh === false && parseTapLine(text).kind === 'version'
    if (isNext) {
      const ended = this.#end()
      ended?.finish()
      if (ended !== undefined) this.#earlier.push(...inside(ended))
    }
    if (this.#open === undefined) {
      if (!isOfStream(text)) return
      this.#open = this.#make()
    }
    this.#open?.take(text, number, { isLong })
  }

  /** @returns the last stream with the tests of those before it; its plan is yet to be met */
  close(): Level | undefined {
    const last = this.#end()
    last?.points.unshift(...this.#earlier)
    this.#earlier = []
    return last
  }

  #end(): Level | undefined {
    const reader = this.#open
    this.#open = undefined
    reader?.close()
    return reader?.top
  }
}
