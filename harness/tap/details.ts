import { clip } from '../platform/text.js'

const KEPT_LINES = 40
const LONGEST_LINE_CHARACTERS = 500

/** What stands around test points: comments and text before one, YAML (TAP 14) after it. Bounded. */
export class Details {
  #before: string[] = []
  #yaml: string[] = []
  /** The indentation of a YAML block that is open. */
  #indent: string | undefined

  /** A line between test points. */
  add(line: string): void {
    keep(this.#before, line)
    if (this.#before.length > KEPT_LINES) this.#before.shift()
  }

  /**
   * Takes a line that belongs to YAML.
   *
   * @param canBegin a test point was the last line of TAP
   * @returns false when it does not
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
      // It was none, or was cut off: this line says something else.
      this.#indent = undefined
      return false
    }
    return true
  }

  /** What was said before the test point that comes now. */
  before(): string {
    return this.#before.splice(0).join('\n')
  }

  /** What was said after the test point that is complete now. */
  after(): string {
    this.#indent = undefined
    return this.#yaml.splice(0).join('\n')
  }
}

const keep = (lines: string[], line: string): void => {
  lines.push(clip(line, LONGEST_LINE_CHARACTERS))
}
