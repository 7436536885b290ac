import { clip } from '../platform/text/text.js'
import { DetailLines } from './details.js'
import { Level, type TapPoint } from './level.js'
import { parseTapLine, type PointLine, type TapLine } from './line.js'
import { columns, COMMENTED, HIDDEN, HIDDEN_BEHIND, HIDES, IS_TORN, TORN } from './odd-lines.js'
import { OpenLevels } from './open-levels.js'
import { outcomeOf, SHOWN_PROBLEMS, withChild } from './points.js'
import { totalsOf, type Totals } from './totals.js'

export interface TapResults {
  /** Every test passed, was skipped or failed as expected, and the stream is valid. */
  readonly ok: boolean
  /** Whether any line was TAP: a version, a plan or a test point. */
  readonly hasTap: boolean
  /** Test points of the top level, without those of subtests. */
  readonly count: number
  /** What is wrong with the stream: cut off, plan not met, bytes that are not text; bounded. */
  readonly problems: readonly string[]
  /** Reason of a plan `1..0`, or how many tests of its plan were skipped at its end. */
  readonly skipped: string | undefined
  /** What it said that no test point has as its detail; bounded. */
  readonly rest: string
}

type HeaderLine = Extract<TapLine, { kind: 'version' | 'plan' | 'subtest' }>

const MAX_POINTS = 100_000
/** Runners may nest: each comments out the stream of the next. */
const MAX_COMMENT_DEPTH = 4

/** Reads a stream line by line. */
export class LineReader {
  readonly #details = new DetailLines()
  readonly #levels: OpenLevels
  readonly #top: Level
  /** The last test point; its YAML may follow. */
  #held: { readonly level: Level; readonly points: readonly TapPoint[] } | undefined
  readonly #complaints = new Set<string>()
  #number = 0
  #isVersioned = false
  #points = 0
  #bailedOut = false
  #totals: Totals | undefined
  /** The stream in comments before the next test point. */
  #commented: { readonly reader: LineReader; readonly points: TapPoint[] } | undefined
  /** How many streams' comments enclose this one. */
  readonly #depth: number

  constructor(onPoint: (point: TapPoint) => void, depth = 0) {
    this.#depth = depth
    this.#levels = new OpenLevels(onPoint, what => this.#addProblemOnce(what))
    this.#top = this.#levels.top
    this.#top.ktap = depth > 0
  }

  /** @param text a line without its newline */
  take(text: string, number: number, { isText = true, isCutOff = false } = {}): void {
    this.#number = number
    if (this.#bailedOut) return
    if (!isText) this.#addProblemOnce('is not UTF-8 text')
    if (this.#details.takeYaml(text, this.#held !== undefined)) return
    const rest = text.trimStart()
    if (rest === '') return
    const indent = columns(text.slice(0, -rest.length))
    const line = parseTapLine(rest)
    if (line.kind === 'text' || line.kind === 'comment') {
      if (line.kind === 'text' && HIDDEN.test(text)) this.#addProblemOnce(HIDES)
      if (line.kind === 'text' && TORN.test(text)) this.#addProblemOnce(IS_TORN)
      this.#details.add(text)
      if (indent === 0 && line.kind === 'comment') this.#comment(line.text)
      return
    }
    if (TORN.test(text)) this.#addProblemOnce(IS_TORN)
    if (HIDDEN_BEHIND.test(text)) this.#addProblemOnce(HIDES)
    if (isCutOff) this.#addProblemOnce('was cut off')
    this.#flush()
    if (line.kind === 'bailout') {
      this.#bailedOut = true
      this.#top.problems.push(`bailed out${line.reason && `: ${clip(line.reason, 500)}`}`)
    } else if (line.kind === 'point') this.#point(indent, line)
    else this.#header(indent, line)
  }

  /** Takes a line of stderr, which is no TAP. */
  takeStderr(text: string): void {
    this.#details.addStderr(text)
  }

  /** Ends the stream. @param skipsRest whether the program says that the rest is skipped */
  end(skipsRest = false): TapResults {
    this.#flush()
    this.#levels.abandon(0)
    const unended = this.#endComments()
    if (unended !== undefined && !(unended.ok && unended.isInformal))
      this.#levels.giveUp(unended.level)
    if (this.#totals !== undefined && this.#top.checkTotals(this.#totals)) this.#top.ktap = true
    const { count, problems, plan } = this.#top
    let left = 0
    if (!this.#bailedOut) {
      left = this.#top.finish(skipsRest && count > 0)
      if (count === 0 && plan?.end !== 0) problems.push('no test points')
    }
    const shown = problems.slice(0, SHOWN_PROBLEMS)
    if (problems.length > shown.length)
      shown.push(`and ${problems.length - shown.length} more problems`)
    let skipped = left > 0 ? `the last ${left} of ${count + left} tests` : undefined
    if (plan?.end === 0 && count === 0)
      skipped = plan.comment.replace(/^skip\S*\s*/i, '') || 'no reason given'
    const ok = problems.length === 0 && !this.#top.hasFailed
    const hasTap = this.#isVersioned || this.#points > 0 || plan !== undefined
    const rest = this.#details.before({ isFailed: true })
    return { ok, hasTap, count, problems: shown, skipped, rest }
  }

  #addProblemOnce(what: string): void {
    if (this.#complaints.has(what)) return
    this.#complaints.add(what)
    this.#top.problems.push(`line ${this.#number} ${what}`)
  }

  /** A version, plan or name: of an open level, or as the first line of a subtest. */
  #header(indent: number, line: HeaderLine): void {
    // Only a test point ends a subtest; after its parent's plan, none will follow.
    if (line.kind === 'plan') this.#levels.abandon(indent)
    const level = this.#levels.at(indent) ?? this.#levels.open(indent)
    if (level === undefined) return
    if (line.kind === 'plan') level.setPlan(line.start, line.end, line.comment)
    else if (line.kind === 'version') {
      this.#isVersioned = true
      level.ktap ||= level.isFresh && line.ktap
    } else if (level !== this.#top && level.isFresh) level.name ??= line.name
    else level.nextName = line.name
  }

  #point(indent: number, line: PointLine): void {
    this.#points += 1
    if (this.#points > MAX_POINTS) {
      if (this.#points === MAX_POINTS + 1)
        this.#top.problems.push(`more than ${MAX_POINTS} test points`)
      return
    }
    let child = this.#levels.closeTo(indent)
    const level = this.#levels.at(indent) ?? this.#levels.open(indent)
    if (level === undefined)
      return this.#addProblemOnce(`is indented by ${indent}, as no subtest is`)
    level.take(line)
    const { ok, number, directive } = line
    // kselftest.h prints no name beside a directive: `ok 3 # SKIP no device`.
    const name = line.name || level.nextName || (directive?.reason ?? '')
    level.nextName = undefined
    const ended = outcomeOf(line)
    const detail = this.#details.before({ isFailed: ended.outcome === 'fail' })
    const own = { path: [], name, number, ok, detail, ...ended }
    const commented = level === this.#top ? this.#endComments() : undefined
    if (child === undefined) child = commented?.level
    else if (commented !== undefined) child.points.unshift(...commented.level.points)
    this.#held = { level, points: child === undefined ? [own] : withChild(own, child) }
  }

  /** A comment at the top level: the program's own counts, or a line of a stream in comments. */
  #comment(text: string): void {
    const totals = totalsOf(text)
    if (totals !== undefined) {
      // The program prints its counts after its last test.
      this.#flush()
      const { suite } = this.#levels
      if (totals.isKunit && suite !== undefined) suite.checkTotals(totals)
      else if (!totals.isOfSuite) this.#totals = totals
    }
    if (this.#depth >= MAX_COMMENT_DEPTH) return
    if (this.#commented === undefined) {
      if (!COMMENTED.test(text)) return
      const points: TapPoint[] = []
      const reader = new LineReader(point => points.push(point), this.#depth + 1)
      this.#commented = { reader, points }
    }
    this.#commented.reader.take(text, this.#number)
  }

  /** The stream in comments since the last test point, as a subtest; undefined if there is none. */
  #endComments(): { level: Level; ok: boolean; isInformal: boolean } | undefined {
    if (this.#commented === undefined) return undefined
    const { reader, points } = this.#commented
    this.#commented = undefined
    const { problems } = reader.end()
    // A comment such as "ok 5 of them" is not a stream; only its failures count.
    const isInformal = reader.#top.plan === undefined && !reader.#isVersioned
    const level = new Level(2, true, undefined)
    level.points.push(...points)
    if (!isInformal) level.problems.push(...problems)
    return { level, ok: level.ok, isInformal }
  }

  /** Reports the last test point, which is complete. */
  #flush(): void {
    if (this.#held === undefined) return
    const { level, points } = this.#held
    this.#held = undefined
    const yaml = this.#details.after()
    const last = points.at(-1)
    const whole = points.map(point => {
      if (point.outcome !== 'fail') return { ...point, detail: '' }
      const parts = [point.detail, point === last ? yaml : ''].filter(part => part !== '')
      return { ...point, detail: parts.join('\n') }
    })
    this.#levels.report(level, whole)
  }
}
