import { clip } from '../platform/text/text.js'
import { columns } from './bare.js'
import type { Level, TapPoint } from './level.js'
import { parseTapLine, type TapLine } from './line.js'

const KEPT_LINES = 40
const MAX_LINE_CHARACTERS = 500

/** Test points that one line ended. */
interface Ended {
  readonly level: Level
  readonly points: readonly TapPoint[]
}

/**
 * The last test point, which its YAML (TAP 14) may follow; and comments, text and stderr, which
 * stand before the next; bounded.
 */
export class DetailLines {
  #held: Ended | undefined
  #before: string[] = []
  /** Of stderr, since the last failed test point. */
  #stderr: string[] = []
  #yaml: string[] = []
  /** Indentation of the open YAML block. */
  #indent: string | undefined
  #hidesTests = false
  readonly #complain: (what: string) => void

  /** @param complain about the line that shows that something is wrong */
  constructor(complain: (what: string) => void) {
    this.#complain = complain
  }

  /** Adds a line found between test points. */
  add(line: string): void {
    keepLast(this.#before, line)
  }

  /** Adds a line of stderr. */
  addStderr(line: string): void {
    keepLast(this.#stderr, line)
  }

  /**
   * Takes a line if it belongs to a YAML block.
   *
   * @returns whether it took the line
   */
  takeYaml(line: string): boolean {
    if (this.#indent === undefined) {
      const [, indent] = /^([ \t]+)---$/.exec(line) ?? []
      const after = this.#held?.level.indent ?? Infinity
      if (indent === undefined || columns(indent) <= after) return false
      this.#indent = indent
      return true
    }
    if (line === `${this.#indent}...`) {
      this.#indent = undefined
      this.#hidesTests = false
    } else if (line === '' || line.startsWith(this.#indent)) {
      this.#hidesTests ||= isTest(parseTapLine(line.trimStart()))
      if (this.#yaml.length < KEPT_LINES) keep(this.#yaml, line.slice(this.#indent.length))
    } else {
      this.#cutOff()
      return false
    }
    return true
  }

  /**
   * Takes the lines before a test point. Those of stderr are kept for one that failed: of a program
   * that buffers its stdout, they come before all results.
   */
  before({ isFailed }: { readonly isFailed: boolean }): string {
    const stderr = isFailed ? this.#stderr.splice(0) : []
    return [...this.#before.splice(0), ...stderr].join('\n')
  }

  hold(level: Level, points: readonly TapPoint[]): void {
    this.#held = { level, points }
  }

  /** Completes the last test point: no YAML follows any more. */
  complete(): Ended | undefined {
    if (this.#held === undefined) return undefined
    const { level, points } = this.#held
    this.#held = undefined
    if (this.#indent !== undefined) this.#cutOff()
    const yaml = this.#yaml.splice(0).join('\n')
    const last = points.at(-1)
    const whole = points.map(point => {
      if (point.outcome !== 'fail') return { ...point, detail: '' }
      const parts = [point.detail, point === last ? yaml : ''].filter(part => part !== '')
      return { ...point, detail: parts.join('\n') }
    })
    return { level, points: whole }
  }

  /** Ends a block that has no end, or was not YAML. */
  #cutOff(): void {
    this.#indent = undefined
    if (this.#hidesTests) this.#complain('ends a block of YAML without its end, with tests in it')
    this.#hidesTests = false
  }
}

const isTest = (line: TapLine): boolean =>
  line.kind === 'bailout' || (line.kind === 'point' && (!line.ok || line.number !== undefined))

const keep = (lines: string[], line: string): void => {
  lines.push(clip(line, MAX_LINE_CHARACTERS))
}

function keepLast(lines: string[], line: string): void {
  keep(lines, line)
  if (lines.length > KEPT_LINES) lines.shift()
}
