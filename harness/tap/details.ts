import { clip } from '../platform/text/text.js'

const KEPT_LINES = 40
const MAX_LINE_CHARACTERS = 500

/** Comments and text before a test point and YAML (TAP 14) after it, and stderr; bounded. */
export class DetailLines {
  #before: string[] = []
  /** Of stderr, since the last failed test point. */
  #stderr: string[] = []
  #yaml: string[] = []
  /** Indentation of the open YAML block. */
  #indent: string | undefined

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
   * @param canBegin whether the last line of TAP was a test point
   * @returns whether it took the line
   */
  takeYaml(line: string, canBegin: boolean): boolean {
    if (this.#indent === undefined) {
      const [, indent] = /^([ \t]+)---$/.exec(line) ?? []
      if (!canBegin || indent === undefined) return false
      this.#indent = indent
      return true
    }
    if (line === `${this.#indent}...`) this.#indent = undefined
    else if (line === '' || line.startsWith(this.#indent)) {
      if (this.#yaml.length < KEPT_LINES) keep(this.#yaml, line.slice(this.#indent.length))
    } else {
      // The block was cut off, or was not YAML.
      this.#indent = undefined
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

  /** Takes the YAML after the test point, which is now complete. */
  after(): string {
    this.#indent = undefined
    return this.#yaml.splice(0).join('\n')
  }
}

const keep = (lines: string[], line: string): void => {
  lines.push(clip(line, MAX_LINE_CHARACTERS))
}

function keepLast(lines: string[], line: string): void {
  keep(lines, line)
  if (lines.length > KEPT_LINES) lines.shift()
}
