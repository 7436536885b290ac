import { isUtf8 } from 'node:buffer'
import { LineSplitter } from '../platform/lines.js'
import { clip, decodeUtf8 } from '../platform/text.js'
import { DetailLines } from './details.js'
import { Level, tallied, type TapPoint } from './level.js'
import { parseTapLine, type PointLine, type TapLine } from './line.js'
import { COMMENTED, HIDDEN, HIDDEN_BEHIND, HIDES, IS_TORN, TORN } from './odd-lines.js'
import { inside, outcomeOf, SHOWN_PROBLEMS, withChild } from './points.js'
import { missingOf, totalsOf, type Tally, type Totals } from './totals.js'

export interface TapResults {
  /** Every test passed, was skipped or failed as expected, and the stream is valid. */
  readonly ok: boolean
  /** Test points of the top level, without those of subtests. */
  readonly count: number
  /** Faults of the stream: cut off, plan not met, bytes that are not text; bounded. */
  readonly problems: readonly string[]
  /** Reason of a plan `1..0`. */
  readonly skipped: string | undefined
}

type HeaderLine = Extract<TapLine, { kind: 'version' | 'plan' | 'subtest' }>

const LONGEST_LINE_BYTES = 8192
const DEEPEST = 100
const MOST_POINTS = 100_000
/** Runners may nest: each comments out the stream of the next. */
const DEEPEST_COMMENT = 4

/**
 * Reads TAP and the kernel's KTAP as a stream: subtests of any indentation, which end at a test
 * point of their parent; SKIP, TODO, XFAIL, TIMEOUT and ERROR; a plan first, last or (KTAP) absent.
 * It accepts no stream that node-tap's parser rejects.
 */
export class TapReader {
  readonly #onPoint: (point: TapPoint) => void
  readonly #lines: LineSplitter
  readonly #details = new DetailLines()
  readonly #top = new Level(0, false, undefined)
  readonly #levels: Level[] = [this.#top]
  /** The last test point; its YAML may follow. */
  #held: { readonly level: Level; readonly points: readonly TapPoint[] } | undefined
  readonly #complaints = new Set<string>()
  #lineNumber = 0
  #isCutOff = false
  #isVersioned = false
  #points = 0
  #failed = false
  #bailedOut = false
  #totals: Totals | undefined
  #topFailures = 0
  /** Reported tests at all depths. */
  #leaves: Tally = { count: 0, failures: 0 }
  /** The stream in comments before the next test point. */
  #commented: { readonly reader: TapReader; readonly points: TapPoint[] } | undefined
  /** How many streams' comments enclose this one. */
  readonly #depth: number

  /** @param onPoint called for each test in order; for tests of a subtest when the subtest ends */
  constructor(onPoint: (point: TapPoint) => void, depth = 0) {
    this.#onPoint = onPoint
    this.#depth = depth
    this.#top.ktap = depth > 0
    this.#lines = new LineSplitter(LONGEST_LINE_BYTES, line => this.#line(line))
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk)
  }

  /** Ends the stream. */
  end(): TapResults {
    // Without a newline, `ok 1` may have been `ok 12`, and `not ok 3` may have had a TODO.
    this.#isCutOff = true
    this.#lines.finish()
    this.#flush()
    this.#abandon(0)
    const top = this.#top
    const unended = this.#endComments()
    if (unended !== undefined && !(unended.ok && unended.isInformal)) this.#giveUp(unended.level)
    this.#checkTotals()
    const { count, problems, plan } = top
    if (!this.#bailedOut) {
      top.finish()
      if (count === 0 && plan?.end !== 0) problems.push('no test points')
    }
    const shown = problems.slice(0, SHOWN_PROBLEMS)
    if (problems.length > shown.length)
      shown.push(`and ${problems.length - shown.length} more problems`)
    const skipped =
      plan?.end === 0 && count === 0
        ? plan.comment.replace(/^skip\S*\s*/i, '') || 'no reason given'
        : undefined
    return { ok: problems.length === 0 && !this.#failed, count, problems: shown, skipped }
  }

  #line(bytes: Buffer): void {
    this.#lineNumber += 1
    if (this.#bailedOut) return
    if (!isUtf8(bytes) || bytes.includes(0)) this.#addProblemOnce('is not UTF-8 text')
    this.#text(decodeUtf8(bytes).replace(/\r$/, ''))
  }

  /** @param text a line without its newline */
  #text(text: string): void {
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
    if (this.#isCutOff) this.#addProblemOnce('was cut off')
    this.#flush()
    if (line.kind === 'bailout') {
      this.#bailedOut = true
      this.#top.problems.push(`bailed out${line.reason && `: ${clip(line.reason, 500)}`}`)
    } else if (line.kind === 'point') this.#point(indent, line)
    else this.#header(indent, line)
  }

  #addProblemOnce(what: string): void {
    if (this.#complaints.has(what)) return
    this.#complaints.add(what)
    this.#top.problems.push(`line ${this.#lineNumber} ${what}`)
  }

  /** A version, plan or name: of an open level, or as the first line of a subtest. */
  #header(indent: number, line: HeaderLine): void {
    // Only a test point ends a subtest; after its parent's plan, none will follow.
    if (indent < this.#current.indent && line.kind === 'plan') this.#abandon(indent)
    const level = this.#levels.find(each => each.indent === indent) ?? this.#open(indent)
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
    if (this.#points > MOST_POINTS) {
      if (this.#points === MOST_POINTS + 1)
        this.#top.problems.push(`more than ${MOST_POINTS} test points`)
      return
    }
    let child: Level | undefined
    while (this.#current.indent > indent) {
      if (child !== undefined) this.#giveUp(child)
      child = this.#levels.pop()
    }
    const level = this.#current.indent === indent ? this.#current : this.#open(indent)
    if (level === undefined)
      return this.#addProblemOnce(`is indented by ${indent}, as no subtest is`)
    level.take(line)
    const { ok, number, directive } = line
    // kselftest.h prints no name beside a directive: `ok 3 # SKIP no device`.
    const name = line.name || level.nextName || (directive?.reason ?? '')
    level.nextName = undefined
    const detail = this.#details.before()
    const own = { path: [], name, number, ok, detail, ...outcomeOf(line) }
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
      const suite = this.#levels[1]
      if (totals.isKunit && suite !== undefined) suite.checkTotals(totals)
      else if (!totals.isOfSuite) this.#totals = totals
    }
    if (this.#depth >= DEEPEST_COMMENT) return
    if (this.#commented === undefined) {
      if (!COMMENTED.test(text)) return
      const points: TapPoint[] = []
      const reader = new TapReader(point => points.push(point), this.#depth + 1)
      this.#commented = { reader, points }
    }
    const { reader } = this.#commented
    reader.#lineNumber = this.#lineNumber
    if (!reader.#bailedOut) reader.#text(text)
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
    this.#report(level, whole)
  }

  #report(level: Level, points: readonly TapPoint[]): void {
    if (level !== this.#top) {
      level.points.push(...points)
      return
    }
    for (const point of points) {
      if (point.outcome === 'fail') this.#failed = true
      if (point.outcome === 'fail' && point.path.length === 0) this.#topFailures += 1
      this.#leaves = tallied(this.#leaves, point)
      this.#onPoint(point)
    }
  }

  /** Opens a subtest; undefined if the line cannot begin one. */
  #open(indent: number): Level | undefined {
    const parent = this.#current
    if (indent < parent.indent + 2) return undefined
    if (this.#levels.length > DEEPEST) {
      this.#addProblemOnce(`is a subtest in more than ${DEEPEST} others`)
      return undefined
    }
    // TAP 14 indents by four spaces.
    const ktap = parent.ktap || indent !== parent.indent + 4
    const level = new Level(indent, ktap, parent.nextName)
    parent.nextName = undefined
    this.#levels.push(level)
    return level
  }

  /** Closes unfinished subtests that are deeper than this. */
  #abandon(indent: number): void {
    while (this.#current.indent > indent) {
      const level = this.#levels.pop()
      if (level !== undefined) this.#giveUp(level)
    }
  }

  /** Closes a subtest that no test point ended. */
  #giveUp(level: Level): void {
    const title = level.name ?? 'a subtest'
    level.problems.push('cut off: no test point ends this subtest')
    this.#report(this.#current, [...inside(level, title)])
  }

  /** Compares the tests with the program's own counts. */
  #checkTotals(): void {
    if (this.#totals === undefined) return
    const { count, problems } = this.#top
    const own = missingOf(this.#totals, { count, failures: this.#topFailures })
    // KUnit counts tests of all depths.
    const missing =
      own.length > 0 && this.#totals.isKunit ? missingOf(this.#totals, this.#leaves) : own
    if (missing.length === 0) this.#top.ktap = true
    problems.push(...(missing.length === 0 ? [] : own))
  }

  get #current(): Level {
    return this.#levels.at(-1) ?? this.#top
  }
}

/** KUnit of 5.10 indents by tabs. */
const columns = (indentation: string): number => indentation.replaceAll('\t', ' '.repeat(8)).length
