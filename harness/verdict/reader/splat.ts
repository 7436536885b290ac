import type { LogRecord } from '../../contract/log-record.js'
import { isOfWatchdogs, type FindingKind } from '../finding-kinds.js'
import type { Finding, Frame, MemoryAccess, ModuleSource } from '../finding.js'
import {
  isMachinery,
  parseSymbol,
  plainName,
  relevantFrame,
  runawayFrame,
} from '../symbols/trace-line.js'
import type { Beginning } from './boundaries.js'
import { locateHeadline } from '../symbols/module-source.js'
import { mayBeOverflow, kindAndTitleOf } from './refinements.js'
import {
  accessHeadOf,
  accessIn,
  accessOf,
  isOfReport,
  namedFunctionOf,
  taskOf,
  wildJumpIn,
} from './report-lines.js'
import { titleOf, type SplatRow } from '../rows/splat-row.js'
import { StackReader } from '../symbols/stack-reader.js'
import { stableTitle } from './title.js'

const MAX_TEXT_CHARACTERS = 32_768
const MAX_MESSAGES = 16
/** Reports that end with the locks that the task holds. */
const OF_LOCKS = /^(?:lockdep|sleeping-in-atomic|scheduling-while-atomic|workqueue-leak)$/

/** Collects the lines of one report, within fixed bounds. */
export class Splat {
  readonly caller: string
  readonly firstSequence: number
  lastSequence: number
  lastTimeUs: number
  row: SplatRow | undefined
  follows: number | undefined
  lines = 0
  readonly stacks = new StackReader()

  #head: { match: RegExpExecArray; frame: Frame | undefined } | undefined
  #cut: string | undefined
  #access: MemoryAccess | undefined
  /** Function that a line names without an address. */
  #named: string | undefined
  #task: { comm: string; pid: number } | undefined
  #text: string[] = []
  #characters = 0
  #messages: string[] = []
  #awaitsMessages = true
  #headLine = 0

  constructor(record: LogRecord) {
    this.caller = record.caller
    this.firstSequence = this.lastSequence = record.sequence
    this.lastTimeUs = record.timeUs
  }

  /** True once the minimum content of a report was read. */
  get mayEnd(): boolean {
    return this.row?.end !== 'rule' || this.lines > this.#headLine
  }

  /** Sets the headline; the line must be added after this. */
  head({ row, match }: Beginning, line: string): void {
    this.row = row
    this.#headLine = this.lines + 1
    this.#head = { match, frame: parseSymbol(line.slice(match[0].length), false) }
    if (row.kind === 'panic' && match[1] !== undefined) this.#messages.push(match[1])
    if (row.kind === 'kfence') this.#access = accessIn(match[1] ?? '', undefined)
  }

  cut(reason: string): void {
    this.#cut ??= reason
  }

  /** @param line one line without newline, bounded by the caller */
  add(record: LogRecord, line: string): void {
    this.lastSequence = record.sequence
    this.lastTimeUs = record.timeUs
    this.lines++
    this.#characters += line.length + 1
    if (this.#characters > MAX_TEXT_CHARACTERS) {
      this.cut(`the report is longer than ${MAX_TEXT_CHARACTERS} characters`)
    } else {
      this.#text.push(line)
    }
    this.#understand(line)
  }

  #understand(line: string): void {
    if (this.row?.isBeforeStack === true && this.lines === this.#headLine)
      return void this.stacks.begin(line)
    if (!this.stacks.take(line)) this.#understandHead(line)
  }

  #understandHead(line: string): void {
    const head = this.row === undefined ? undefined : accessHeadOf(line)
    if (head !== undefined) {
      this.#access ??= head.access
      return this.stacks.beginAccess(line)
    }
    this.#named ??= namedFunctionOf(line)
    this.#access ??= accessOf(line)
    const task = taskOf(line)
    this.#task ??= task
    if (task !== undefined || line.startsWith('Modules linked in:')) this.#awaitsMessages = false
    const isMessage = this.#awaitsMessages && !this.stacks.hasBegun
    if (isMessage && this.#messages.length < MAX_MESSAGES && line !== '') this.#messages.push(line)
  }

  finish(modules: readonly ModuleSource[]): Finding {
    const names = new Set(modules.map(module => module.name))
    const headFrame = this.#head?.frame
    const { fault, related } = this.stacks
    const frames = fault.frames.length === 0 && headFrame !== undefined ? [headFrame] : fault.frames
    const relevant = this.#relevantOf(frames, names)
    const about = headFrame !== undefined && !isMachinery(headFrame) ? headFrame : relevant
    const { kind, title } = this.#name(about)
    const headline = this.#head?.match.input ?? ''
    const location = locateHeadline(headline, modules, relevant?.module)
    const hasStack = fault.frames.length > 0 || related.length > 0
    const mayBeWords = !hasStack && this.row?.end !== 'line'
    return {
      kind,
      fatality: this.row?.fatality ?? 'report',
      title: stableTitle(title),
      function: this.#named ?? (relevant === undefined ? undefined : plainName(relevant.function)),
      frames,
      elided: fault.elided,
      related,
      location,
      ...(mayBeWords && !this.#text.some(isOfReport) ? { isBare: true } : {}),
      locationReason: wildJumpIn(this.#text, this.#task),
      access: this.#access,
      task: this.#task,
      text: this.#text.join('\n'),
      count: 1,
      cut: this.#cut,
      firstSequence: this.firstSequence,
      lastSequence: this.lastSequence,
      caller: this.caller,
      follows: this.follows,
    }
  }

  /** Else who took a lock, or turned interrupts off, if no frame at fault is in a tested module. */
  #relevantOf(frames: readonly Frame[], modules: ReadonlySet<string>): Frame | undefined {
    const relevant = relevantFrame(frames, modules, isOfWatchdogs(this.row?.kind ?? ''))
    const isTested = (frame: Frame): boolean => modules.has(frame.module ?? '')
    if (relevant !== undefined && isTested(relevant)) return relevant
    const wanted = OF_LOCKS.test(this.row?.kind ?? '') ? 'held' : 'irqs-off'
    const takers = this.stacks.related
      .filter(({ role }) => role === wanted)
      .flatMap(stack => stack.frames)
    return takers.find(isTested) ?? relevant
  }

  #name(about: Frame | undefined): { kind: FindingKind; title: string } {
    if (this.row === undefined || this.#head === undefined)
      return { kind: 'warning', title: 'report without a headline' }
    const where = this.#named ?? (about === undefined ? undefined : plainName(about.function))
    const parts = { match: this.#head.match, where, access: this.#access }
    // Without a guard page, or when the fault handler itself had no stack left.
    if (mayBeOverflow(this.row, parts) && runawayFrame(this.stacks.fault.frames) !== undefined)
      return { kind: 'stack-overflow', title: titleOf('kernel stack overflow', parts) }
    return kindAndTitleOf(this.row, parts, this.#messages)
  }
}
