import { clip } from '../platform/text/text.js'

const KEPT_LINES = 40
const MAX_LINE_CHARACTERS = 500

/** Comments and text before a test point and YAML (TAP 14) after it; bounded. */
export class DetailLines {
  #before: string[] = []
  #yaml: string[] = []
  /** Indentation of the open YAML block. */
  #indent: string | undefined

  /** Adds a line found between test points. */
  add(line: string): void {
    keep(this.#before, line)
    if (this.#before.length > KEPT_LINES) this.#before.shift()
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

  /** Takes the lines before the next test point. */
  before(): string {
    return this.#before.splice(0).join('\n')
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
