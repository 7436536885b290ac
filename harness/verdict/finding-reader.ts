import type { LogRecord } from '../contract/log-record.js'
import {
  beginningOf,
  belongsToTrace,
  CONSEQUENCE,
  CUT_HERE,
  endsWith,
  linesOf,
  PRELUDE,
  type Beginning,
} from './boundaries.js'
import { isStall, type Finding, type FindingSource, type ModuleSource } from './finding.js'
import { Splat } from './splat.js'

const MAX_LANES = 256
const MAX_LINES_BEFORE = 8
/** A report that has not ended by then has lost its end. */
const MAX_LINES = 1000
const MAX_SILENCE_US = 10_000_000
/** Between two reports of one caller that are taken for cause and consequence. */
const MAX_CONSEQUENCE_US = 50_000
/** Between a report and the panic, or the other processors' traces, it leads to. */
const MAX_AFTERMATH_US = 30_000_000

/** What one caller prints: the records of one report share it, those of another processor do not. */
interface ReadLine {
  readonly record: LogRecord
  readonly line: string
  readonly isCut: boolean
  readonly beginning: Beginning | undefined
}

interface Lane {
  /** Begun, not ended. */
  splat: Splat | undefined
  /** Ended, but lines that belong to it may follow. */
  ended: Splat | undefined
  /** The latest lines of no report. */
  before: { readonly record: LogRecord; readonly line: string }[]
}

const awaitsHeadline = ({ splat }: Lane): boolean => splat !== undefined && splat.row === undefined

/** The little that is remembered of a report after it was given away. */
type Past = Pick<Splat, 'caller' | 'firstSequence' | 'lastTimeUs' | 'row'>

/**
 * Reads the kernel's log record by record and finds what it complains of. Reports of several callers may
 * be interleaved. Memory, and time for each record, are bounded by constants, whatever the text.
 */
export class FindingReader {
  readonly #modules: readonly ModuleSource[]
  readonly #onReport: ((finding: Finding) => void) | undefined
  readonly #lanes = new Map<string, Lane>()
  #past: Past[] = []
  #done: Finding[] = []
  #nextSequence: number | undefined

  /**
   * @param modules those under test; their frames are preferred as a finding's function
   * @param onReport told of each report at its end, when lines that belong to it may still follow
   */
  constructor(modules: readonly ModuleSource[] = [], onReport?: (finding: Finding) => void) {
    this.#modules = modules
    this.#onReport = onReport
  }

  /**
   * True while a report has begun whose end was not read: more of it is probably on its way. A report
   * that is complete but for lines that may follow does not count.
   */
  get unfinished(): boolean {
    return [...this.#lanes.values()].some(
      ({ splat }) => splat !== undefined && splat.trace !== 'done',
    )
  }

  /**
   * Takes the next record; records come in the order of their sequence numbers.
   *
   * @returns the findings that are complete with it
   */
  push(record: LogRecord, source: FindingSource = 'kmsg'): Finding[] {
    if (this.#nextSequence !== undefined && record.sequence > this.#nextSequence) {
      const lost = `${record.sequence - this.#nextSequence} records of the log were lost`
      for (const { splat } of this.#lanes.values()) splat?.cut(lost)
    }
    this.#nextSequence = record.sequence + 1
    // User space writes to /dev/kmsg with every facility but the kernel's.
    if (record.facility === 0) {
      const lane = this.#lane(record.caller)
      const lines = linesOf(record.text)
      // The kernel begins each report with a record of its own; what user space has it quote (an option of mount(2), a
      // name) may hold newlines, and what stands behind one begins no report: but behind "cut here" a headline may.
      const first = lines.findIndex(line => line !== '')
      for (const [index, line] of lines.entries())
        this.#line(lane, record, line, source, index === first || awaitsHeadline(lane))
    }
    return this.#take()
  }

  /**
   * Ends every report that was begun and returns what was not returned before: for the end of a test's
   * window, after the log has been read to its end. Reading may go on afterwards.
   */
  end(): Finding[] {
    for (const lane of this.#lanes.values()) this.#closeAll(lane, 'the log ends within the report')
    this.#lanes.clear()
    return this.#take()
  }

  #take(): Finding[] {
    const done = this.#done
    this.#done = []
    return done
  }

  #lane(caller: string): Lane {
    const known = this.#lanes.get(caller)
    const lane = known ?? { splat: undefined, ended: undefined, before: [] }
    this.#lanes.delete(caller)
    this.#lanes.set(caller, lane)
    const [oldest] = this.#lanes
    if (this.#lanes.size > MAX_LANES && oldest !== undefined) {
      this.#closeAll(oldest[1], `more than ${MAX_LANES} callers printed at once`)
      this.#lanes.delete(oldest[0])
    }
    return lane
  }

  #line(
    lane: Lane,
    record: LogRecord,
    line: string,
    source: FindingSource,
    mayBegin: boolean,
  ): void {
    const { ended } = lane
    const beginning = mayBegin ? beginningOf(line) : undefined
    const isCut = mayBegin && CUT_HERE.test(line)
    if (ended?.row?.reopens?.test(line) === true && ended.lines < MAX_LINES) {
      lane.ended = undefined
      lane.splat = ended
      ended.reopen()
    }
    const trails = beginning === undefined && lane.ended?.row?.trailer?.test(line) === true
    if (ended !== undefined && trails && ended.lines < MAX_LINES) return ended.add(record, line)
    this.#give(lane)

    const { splat } = lane
    const read = { record, line, isCut, beginning }
    if (splat !== undefined && this.#continues(lane, splat, read)) return
    if (beginning !== undefined || isCut) return this.#open(lane, record, line, source, beginning)
    lane.before.push({ record, line })
    if (lane.before.length > MAX_LINES_BEFORE) lane.before.shift()
  }

  /** Adds the line to the open report; or closes that and returns false. */
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
    } else if (row?.end === 'trace' && splat.trace === 'printing' && !belongsToTrace(line)) {
      this.#close(lane, undefined)
      this.#line(lane, record, line, splat.source, isCut || beginning !== undefined)
      return true
    }
    const wasDone = splat.trace === 'done'
    splat.add(record, line)
    const isTraceOver = row?.end === 'trace' && !wasDone && splat.trace === 'done'
    if ((endsWith(splat.row, line) && splat.mayEnd) || isTraceOver) this.#close(lane, undefined)
    return true
  }

  #open(
    lane: Lane,
    record: LogRecord,
    line: string,
    source: FindingSource,
    beginning: Beginning | undefined,
  ): void {
    const from = lane.before.findLastIndex(each => !PRELUDE.test(each.line)) + 1
    const prelude = lane.before.slice(from)
    lane.before = []
    const splat = new Splat(prelude[0]?.record ?? record, source)
    splat.follows = this.#cause(record, line, beginning)
    for (const each of prelude) splat.add(each.record, each.line)
    if (beginning !== undefined) splat.head(beginning, line)
    splat.add(record, line)
    lane.splat = splat
    if (beginning?.row.end === 'line') this.#close(lane, undefined)
  }

  /** The finding of which the one that begins with `line` is a consequence. */
  #cause(record: LogRecord, line: string, beginning: Beginning | undefined): number | undefined {
    const kind = beginning?.row.kind
    const open = [...this.#lanes.values()].flatMap(({ ended, splat }) => [ended, splat])
    const latest = (wanted: (past: Past) => boolean): number | undefined =>
      [...this.#past, ...open].filter(past => past !== undefined).findLast(past => wanted(past))
        ?.firstSequence
    const recent = (past: Past): boolean => record.timeUs - past.lastTimeUs <= MAX_AFTERMATH_US
    if (kind === 'nmi-backtrace') return latest(past => recent(past) && isStall(past.row?.kind))
    if (kind === 'panic') return CONSEQUENCE.test(line) ? latest(recent) : undefined
    return latest(
      past =>
        record.caller !== '' &&
        past.caller === record.caller &&
        record.timeUs - past.lastTimeUs <= MAX_CONSEQUENCE_US,
    )
  }

  /** The open report is over: `cut` says why it is not whole. */
  #close(lane: Lane, cut: string | undefined): void {
    const { splat } = lane
    if (splat === undefined) return
    // Nothing comes after a panic: that the log ends there is its end.
    const whole = splat.trace === 'done' || splat.row?.kind === 'panic'
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
    const { caller, firstSequence, lastTimeUs, row } = ended
    this.#past = [...this.#past.slice(-7), { caller, firstSequence, lastTimeUs, row }]
  }
}
