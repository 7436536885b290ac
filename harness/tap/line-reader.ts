import { clip } from '../platform/text/text.js'
import { columns } from './bare.js'
import { Claims } from './claims.js'
import { CommentedStreams } from './commented-streams.js'
import { DetailLines } from './details.js'
import { Level, type TapPoint } from './level.js'
import { parseTapLine, type PointLine, type TapLine } from './line.js'
import { whatHides, whatHidesBehind } from './odd-lines.js'
import { OpenLevels } from './open-levels.js'
import { inside, outcomeOf, SHOWN_PROBLEMS, withChild } from './points.js'
import { areTorn, totalsOf, type Totals } from './totals.js'

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
  readonly #details = new DetailLines(what => this.#addProblemOnce(what))
  readonly #levels: OpenLevels
  /** The whole stream. */
  readonly top: Level
  readonly #complaints = new Set<string>()
  #number = 0
  #isVersioned = false
  #points = 0
  #bailedOut = false
  readonly #claims = new Claims()
  /** The last line, if it was no TAP. */
  #before = ''
  readonly #commented = new CommentedStreams(() => this.#commentedReader())
  /** The stream in whose comments this one stands. */
  readonly #parent: LineReader | undefined
  readonly #depth: number

  constructor(onPoint: (point: TapPoint) => void, parent?: LineReader) {
    this.#parent = parent
    this.#depth = parent === undefined ? 0 : parent.#depth + 1
    this.#levels = new OpenLevels(onPoint, what => this.#addProblemOnce(what))
    this.top = this.#levels.top
    this.top.ktap = this.top.isInComments = parent !== undefined
  }

  /** @param text a line without its newline */
  take(
    text: string,
    number: number,
    { isText = true, isLong = false, isCutOff = false } = {},
  ): void {
    this.#number = number
    if (this.#bailedOut) return
    if (!isText) this.#addProblemOnce('is not UTF-8 text')
    if (this.#details.takeYaml(text)) return
    const rest = text.trimStart()
    if (rest === '') return
    const indent = columns(text.slice(0, -rest.length))
    const line = this.#levels.isProse(indent, rest) ? { kind: 'text' as const } : parseTapLine(rest)
    const before = this.#before
    this.#before = line.kind === 'text' ? text : ''
    const isTap = line.kind !== 'text' && line.kind !== 'comment'
    if (isLong && (isTap || text.includes('\r'))) this.#addProblemOnce('is too long to be read')
    if (!isTap) {
      if (line.kind === 'text') this.#addProblemOnce(whatHides(text, before))
      this.#details.add(text)
      if (line.kind === 'comment') this.#comment(indent, line.text, isLong)
      return
    }
    this.#addProblemOnce(whatHidesBehind(text, before))
    if (isCutOff) this.#addProblemOnce('was cut off')
    this.#flush()
    if (line.kind === 'bailout') {
      this.#bailedOut = this.top.isDeclared = true
      this.top.problems.push(`bailed out${line.reason && `: ${clip(line.reason, 500)}`}`)
    } else if (line.kind === 'point') this.#point(indent, line)
    else this.#header(indent, line)
  }

  /** Takes a line of stderr, which is no TAP. */
  takeStderr(text: string): void {
    this.#details.addStderr(text)
  }

  /** Ends the stream. @param skipsRest whether the program says that the rest is skipped */
  end(skipsRest = false): TapResults {
    this.close()
    const { count, problems, plan } = this.top
    const left = this.#bailedOut ? 0 : this.top.finish(skipsRest && count > 0)
    const shown = problems.slice(0, SHOWN_PROBLEMS)
    if (problems.length > shown.length)
      shown.push(`and ${problems.length - shown.length} more problems`)
    let skipped = left > 0 ? `the last ${left} of ${count + left} tests` : undefined
    if (plan?.end === 0 && count === 0)
      skipped = plan.comment.replace(/^skip\S*\s*/i, '') || 'no reason given'
    const ok = problems.length === 0 && this.top.failures === 0
    const hasTap = this.#isVersioned || this.#points > 0 || plan !== undefined
    const rest = this.#details.before({ isFailed: true })
    return { ok, hasTap, count, problems: shown, skipped, rest }
  }

  /** Ends what is open; its plan is yet to be met. */
  close(): void {
    this.#flush()
    const child = this.#closeTo(0)
    if (child !== undefined && this.top.isProse && this.top.count === 0) {
      // Of comments in comments only, none could end it.
      child.finish()
      this.#levels.report(this.top, inside(child))
    } else if (child !== undefined) this.#levels.giveUp(child)
    this.#claims.check(this.top)
    const { count, problems, plan } = this.top
    if (!this.#bailedOut && count === 0 && plan?.end !== 0) problems.push('no test points')
  }

  /** The subtest that a test point ends: what is deeper than it, and the stream in comments. */
  #closeTo(indent: number): Level | undefined {
    const child = this.#levels.closeTo(indent)
    const commented = this.#commented.close()
    if (child === undefined || commented === undefined) return child ?? commented
    commented.finish()
    child.points.unshift(...inside(commented))
    return child
  }

  /** A problem of a line, in comments too, is one of the whole stream. */
  #addProblemOnce(what: string | undefined): void {
    if (what === undefined) return
    if (this.#parent !== undefined) return this.#parent.#addProblemOnce(what)
    if (this.#complaints.has(what)) return
    this.#complaints.add(what)
    this.top.problems.push(`line ${this.#number} ${what}`)
  }

  /** A version, plan or name: of an open level, or as the first line of a subtest. */
  #header(indent: number, line: HeaderLine): void {
    // Only a test point ends a subtest; after its parent's plan, none will follow.
    if (line.kind === 'plan') this.#levels.abandon(indent)
    const level = this.#levels.at(indent) ?? this.#levels.open(indent)
    if (level === undefined) {
      if (line.kind === 'plan') this.#addProblemOnce(`is indented by ${indent}, as no subtest is`)
    } else if (line.kind === 'plan') level.setPlan(line.start, line.end, line.comment)
    else if (line.kind === 'version') {
      this.#isVersioned = level.isDeclared = true
      level.ktap ||= level.isFresh && line.ktap
    } else if (level !== this.top && level.isFresh) level.name ??= line.name
    else level.nextName = line.name
  }

  /** Test points of the whole stream, those in comments too. */
  #countPoint(): number {
    this.#points += 1
    return this.#parent === undefined ? this.#points : this.#parent.#countPoint()
  }

  #point(indent: number, line: PointLine): void {
    if (this.#countPoint() > MAX_POINTS)
      return this.#addProblemOnce(`is a test point after ${MAX_POINTS} others`)
    const child = this.#closeTo(indent)
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
    this.#details.hold(level, child === undefined ? [own] : withChild(own, child))
  }

  /** The program's own counts, prose, or a line of a stream in comments. */
  #comment(indent: number, text: string, isLong: boolean): void {
    const totals = totalsOf(text)
    if (totals !== undefined) return this.#count(indent, totals)
    if (areTorn(text)) return this.#addProblemOnce('has counts of the program that are not whole')
    if (this.#depth === 0) this.#claims.say(text)
    this.#commented.take(text, this.#number, isLong)
  }

  #commentedReader(): LineReader | undefined {
    if (this.#depth < MAX_COMMENT_DEPTH) {
      const reader = new LineReader(point => reader.top.points.push(point), this)
      return reader
    }
    this.#addProblemOnce(`is a comment in more than ${MAX_COMMENT_DEPTH} others`)
    return undefined
  }

  #count(indent: number, totals: Totals): void {
    this.top.isDeclared = true
    // The program prints its counts after its last test.
    this.#flush()
    const level = totals.isKunit ? this.#levels.inside(indent) : this.#levels.at(indent)
    if (level !== undefined && level !== this.top) level.checkTotals(totals)
    else this.#claims.count(totals)
  }

  /** Reports the last test point, which is complete. */
  #flush(): void {
    const done = this.#details.complete()
    if (done !== undefined) this.#levels.report(done.level, done.points)
  }
}
