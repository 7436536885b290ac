import { Level, type TapPoint } from './level.js'
import { inside } from './points.js'

const MAX_DEPTH = 100

/** The whole stream and its open subtests, the innermost last. */
export class OpenLevels {
  readonly top = new Level(0, false, undefined)
  readonly #levels = [this.top]
  readonly #onPoint: (point: TapPoint) => void
  readonly #complain: (what: string) => void

  constructor(onPoint: (point: TapPoint) => void, complain: (what: string) => void) {
    this.#onPoint = onPoint
    this.#complain = complain
  }

  /** The outermost open subtest that is deeper than this. */
  inside(indent: number): Level | undefined {
    return this.#levels.find(each => each.indent > indent)
  }

  at(indent: number): Level | undefined {
    return this.#levels.find(each => each.indent === indent)
  }

  /** Whether a line such as "  ok so far" begins no subtest: KTAP numbers all test points. */
  isProse(indent: number, line: string): boolean {
    const isTap14 = indent === this.#current.indent + 4
    return /^ok [^-#\d]/.test(line) && !isTap14 && this.at(indent) === undefined
  }

  /** Opens a subtest; undefined if the line cannot begin one. */
  open(indent: number): Level | undefined {
    const parent = this.#current
    // Comments may be indented by anything.
    if (indent < parent.indent + (parent.isInComments ? 1 : 2)) return undefined
    if (this.#levels.length > MAX_DEPTH) {
      this.#complain(`is a subtest in more than ${MAX_DEPTH} others`)
      return undefined
    }
    // TAP 14 indents by four spaces.
    const ktap = parent.ktap || indent !== parent.indent + 4
    const level = new Level(indent, ktap, parent.nextName)
    level.isInComments = parent.isInComments
    parent.nextName = undefined
    this.#levels.push(level)
    return level
  }

  /** Closes subtests that are deeper than this. @returns the outermost one, whose end may follow */
  closeTo(indent: number): Level | undefined {
    let closed: Level | undefined
    while (this.#current.indent > indent) {
      if (closed !== undefined) this.giveUp(closed)
      closed = this.#levels.pop()
    }
    return closed
  }

  /** Closes unfinished subtests that are deeper than this. */
  abandon(indent: number): void {
    const closed = this.closeTo(indent)
    if (closed !== undefined) this.giveUp(closed)
  }

  /** Reports a closed subtest that no test point ended. */
  giveUp(level: Level): void {
    level.problems.push('cut off: no test point ends this subtest')
    this.report(this.#current, inside(level, level.name ?? 'a subtest'))
  }

  report(level: Level, points: readonly TapPoint[]): void {
    for (const point of points) {
      level.tally(point)
      if (level === this.top) this.#onPoint(point)
      else level.points.push(point)
    }
  }

  get #current(): Level {
    return this.#levels.at(-1) ?? this.top
  }
}
