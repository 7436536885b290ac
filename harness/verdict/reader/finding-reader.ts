import type { LogRecord } from '../../contract/log-record.js'
import {
  beginningOf,
  belongsToTrace,
  CUT_HERE,
  endsWith,
  endsWithTrace,
  linesOf,
  PRELUDE,
  type Beginning,
} from './boundaries.js'
import type { Finding, ModuleSource } from '../finding.js'
import { Lanes, type Lane } from './lanes.js'
import { RecentReports } from './recent-reports.js'
import { Splat } from './splat.js'

const MAX_LINES_BEFORE = 8
/** Longer reports have lost their end. */
const MAX_LINES = 1000
const MAX_SILENCE_US = 10_000_000

interface ReadLine {
  readonly record: LogRecord
  readonly line: string
  readonly isCut: boolean
  readonly beginning: Beginning | undefined
}

const awaitsHeadline = ({ splat }: Lane): boolean => splat !== undefined && splat.row === undefined

/**
 * Reads the kernel log record by record and finds reports. Reports of several callers may be
 * interleaved. Memory and time per record are bounded by constants for any input.
 */
export class FindingReader {
  readonly #modules: readonly ModuleSource[]
  readonly #onReport: ((finding: Finding) => void) | undefined
  readonly #lanes = new Lanes((lane, why) => this.#closeAll(lane, why))
  readonly #recent = new RecentReports()
  #done: Finding[] = []
  #nextSequence: number | undefined

  /**
   * @param modules those under test; their frames are preferred for a finding's function
   * @param onReport called at the end of each report; trailing lines may still follow
   */
  constructor(modules: readonly ModuleSource[] = [], onReport?: (finding: Finding) => void) {
    this.#modules = modules
    this.#onReport = onReport
  }

  /**
   * Takes the next record, in order of sequence numbers.
   *
   * @returns the findings that it completes
   */
  push(record: LogRecord): Finding[] {
    if (this.#nextSequence !== undefined && record.sequence > this.#nextSequence) {
      this.#lanes.cut(`${record.sequence - this.#nextSequence} records of the log were lost`)
    }
    this.#nextSequence = record.sequence + 1
    // Records from user space always have another facility than the kernel's.
    if (record.facility === 0) {
      const lane = this.#lanes.of(record.caller)
      const lines = linesOf(record.text)
      // Later lines may quote user space (mount options); a headline there counts after "cut here".
      const first = lines.findIndex(line => line !== '')
      for (const [index, line] of lines.entries())
        this.#line(lane, record, line, index === first || awaitsHeadline(lane))
    }
    return this.#take()
  }

  /**
   * Closes all open reports and returns the remaining findings: for the end of a test's window,
   * after the log was read to its end. Reading may continue afterwards.
   */
  end(): Finding[] {
    this.#lanes.closeAll('the log ends within the report')
    return this.#take()
  }

  #take(): Finding[] {
    const done = this.#done
    this.#done = []
    return done
  }

  #line(lane: Lane, record: LogRecord, line: string, mayBegin: boolean): void {
    const { ended } = lane
    const beginning = mayBegin ? beginningOf(line, record) : undefined
    const isCut = mayBegin && CUT_HERE.test(line)
    if (ended?.row?.reopens?.test(line) === true && ended.lines < MAX_LINES) {
      lane.ended = undefined
      lane.splat = ended
      ended.stacks.reopen()
    }
    const trails = beginning === undefined && lane.ended?.row?.trailer?.test(line) === true
    if (ended !== undefined && trails && ended.lines < MAX_LINES) return ended.add(record, line)
    this.#give(lane)

    const { splat } = lane
    const read = { record, line, isCut, beginning }
    if (splat !== undefined && this.#continues(lane, splat, read)) return
    if (beginning !== undefined || isCut) return this.#begin(lane, record, line, beginning)
    lane.before.push({ record, line })
    if (lane.before.length > MAX_LINES_BEFORE) lane.before.shift()
  }

  /** Adds the line to the open report, or closes the report and returns false. */
  #continues(lane: Lane, splat: Splat, { record, line, isCut, beginning }: ReadLine): boolean {
    const { row } = splat
    if (record.timeUs - splat.lastTimeUs > MAX_SILENCE_US || splat.lines >= MAX_LINES) {
      this.#close(lane, 'no end of the report was seen')
      return false
    }
    if (row === undefined && beginning !== undefined) {
      splat.head(beginning, line)
    } else if ((beginning !== undefined || isCut) && row?.contains?.test(line) !== true) {
      this.#close(lane, 'another report begins within it')
      return false
    } else if (endsWithTrace(row) && splat.stacks.trace === 'printing' && !belongsToTrace(line)) {
      this.#close(lane, undefined)
      this.#line(lane, record, line, isCut || beginning !== undefined)
      return true
    }
    const wasDone = splat.stacks.trace === 'done'
    splat.add(record, line)
    const isTraceOver = endsWithTrace(row) && !wasDone && splat.stacks.trace === 'done'
    if ((endsWith(splat.row, line) && splat.mayEnd) || isTraceOver) this.#close(lane, undefined)
    return true
  }

  #begin(lane: Lane, record: LogRecord, line: string, beginning: Beginning | undefined): void {
    const from = lane.before.findLastIndex(each => !PRELUDE.test(each.line)) + 1
    const prelude = lane.before.slice(from)
    lane.before = []
    const splat = new Splat(prelude[0]?.record ?? record)
    splat.follows = this.#recent.causeOf(record, line, beginning, this.#lanes.open)
    for (const each of prelude) splat.add(each.record, each.line)
    if (beginning !== undefined) splat.head(beginning, line)
    splat.add(record, line)
    lane.splat = splat
    if (beginning?.row.end === 'line') this.#close(lane, undefined)
  }

  /** Closes the open report; `cut` says why it may be incomplete. */
  #close(lane: Lane, cut: string | undefined): void {
    const { splat } = lane
    if (splat === undefined) return
    // A panic ends the log.
    const whole = splat.stacks.trace === 'done' || splat.row?.kind === 'panic'
    if (cut !== undefined && !whole) splat.cut(cut)
    lane.splat = undefined
    lane.ended = splat
    this.#onReport?.(splat.finish(this.#modules))
    if (splat.row?.trailer === undefined) this.#give(lane)
  }

  #closeAll(lane: Lane, cut: string): void {
    this.#give(lane)
    this.#close(lane, cut)
    this.#give(lane)
  }

  #give(lane: Lane): void {
    const { ended } = lane
    if (ended === undefined) return
    lane.ended = undefined
    this.#done.push(ended.finish(this.#modules))
    this.#recent.add(ended)
  }
}
