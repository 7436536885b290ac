import type { LogRecord } from '../contract/log-record.js'
import type {
  Finding,
  FindingKind,
  FindingSource,
  Frame,
  MemoryAccess,
  ModuleSource,
  StackRole,
} from './finding.js'
import {
  isBareAddress,
  isLostFault,
  isMachinery,
  isRegister,
  parseFaultLine,
  parseSymbol,
  parseTraceLine,
  plainName,
  relevantFrame,
  runawayFrame,
} from './frames.js'
import type { Beginning } from './boundaries.js'
import { locateHeadline } from './module-source.js'
import { mayBeOverflow, nameOf } from './refinements.js'
import {
  accessHeadOf,
  accessIn,
  accessOf,
  isOfWaiter,
  relatedStackOf,
  taskOf,
  workerFunctionOf,
} from './report-lines.js'
import { inFunction, type SplatPattern } from './splat-patterns.js'
import { stableTitle } from './title.js'

const MAX_TEXT_CHARACTERS = 32_768
const MAX_MESSAGES = 16
/** Longer stacks keep only frames of modules beyond these, and at most so many. */
const MAX_FRAMES = 96
const MAX_MODULE_FRAMES = 32
const MAX_RELATED_STACKS = 16

/** Reports that end with the locks that the task holds. */
const OF_LOCKS: ReadonlySet<FindingKind | undefined> = new Set<FindingKind>([
  'lockdep',
  'sleeping-in-atomic',
  'scheduling-while-atomic',
  'workqueue-leak',
])

/** Length of x86's prologue: `push %rbp; mov %rsp,%rbp`. */
const FRAME_MADE_BYTES = 4

interface Stack {
  readonly role: StackRole
  readonly title: string
  readonly frames: Frame[]
  elided: number
}

/** Collects the lines of one report, within fixed bounds. */
export class Splat {
  readonly source: FindingSource
  readonly caller: string
  readonly firstSequence: number
  readonly timeUs: number
  lastSequence: number
  lastTimeUs: number
  row: SplatPattern | undefined
  follows: number | undefined
  lines = 0
  /** State of the stack at fault. */
  trace: 'none' | 'printing' | 'done' = 'none'

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
  #fault: Stack = { role: 'other', title: '', frames: [], elided: 0 }
  #related: Stack[] = []
  #current: Stack | undefined
  #headLine = 0
  #jumped = false
  #isReopened = false
  /** The report has end-of-stack marks (since 5.16). */
  #hasMarks = false
  #inUserRegisters = false
  /** The next stack is that of the blocked thread. */
  #isOfWaiter = false

  constructor(record: LogRecord, source: FindingSource) {
    this.source = source
    this.caller = record.caller
    this.firstSequence = this.lastSequence = record.sequence
    this.timeUs = this.lastTimeUs = record.timeUs
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

  /** One more stack follows; its lines must be added after this. */
  reopen(): void {
    this.#isReopened = true
    this.trace = this.#fault.frames.length === 0 ? 'none' : 'done'
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
      return this.#beginTrace(line)
    if (/^ {0,2}<\/TASK>/.test(line)) return this.#endStack()
    if (/^ {0,2}<TASK>$/.test(line)) this.#hasMarks = true
    if (/^ {0,2}<\/?[#\w]{1,12}>$/.test(line)) return
    if (this.#isLastOfTask(line)) return this.#endStack()

    const fault = parseFaultLine(line)
    if (fault !== undefined) {
      // After an oops show_regs prints the saved registers again.
      if (this.trace !== 'done' && !this.#isOfWaiter) push(this.#fault, fault)
      this.#awaitsMessages = false
      return
    }
    if (this.trace === 'none' && isLostFault(line)) this.#jumped = true
    if (/^Call [Tt]race:/.test(line)) return this.#beginTrace(line)
    if (this.#current !== undefined) {
      const frame = parseTraceLine(line)
      if (frame !== undefined) return this.#frame(this.#current, frame)
      if (isRegister(line) || isBareAddress(line)) return
      this.#endStack()
    }
    this.#understandHead(line)
  }

  /** True at the end of a task's stack: after user registers, or at ret_from_fork of a kthread. */
  #isLastOfTask(line: string): boolean {
    if (this.#hasMarks || this.trace !== 'printing') return false
    if (line.startsWith('RIP: 0033:')) this.#inUserRegisters = true
    if (this.#inUserRegisters) return line.startsWith('R13: ')
    const frame = parseTraceLine(line)
    if (frame === undefined || frame.unreliable || !/^ret_from_fork/.test(frame.function))
      return false
    if (this.#current !== undefined) this.#frame(this.#current, frame)
    return true
  }

  /** Adds a frame; the caller of a wild jump counts although the unwinder marks it unreliable. */
  #frame(stack: Stack, frame: Frame): void {
    const isJump = this.#jumped && stack === this.#fault && stack.frames.length === 0
    const last = stack.frames.at(-1)
    // Before a function has set up its frame, the unwinder skips its caller.
    const isEntered = last !== undefined && last.exact && last.offset < FRAME_MADE_BYTES
    push(stack, isJump || isEntered ? { ...frame, unreliable: false } : frame)
  }

  #beginTrace(line: string): void {
    this.#awaitsMessages = false
    if (this.trace === 'none' && !this.#isOfWaiter) this.#current = this.#fault
    else this.#relate('other', line)
    if (this.trace === 'none' || this.#isReopened) this.trace = 'printing'
  }

  #endStack(): void {
    if (this.trace === 'printing') this.trace = 'done'
    if (this.#current !== undefined) this.#isOfWaiter = false
    this.#current = undefined
  }

  #understandHead(line: string): void {
    if (isOfWaiter(line)) this.#isOfWaiter = true
    const related = relatedStackOf(line)
    if (related !== undefined) {
      const stack = this.#relate(related.role, line)
      const frame = parseSymbol(related.rest, false)
      if (frame !== undefined) push(stack, frame)
      return
    }
    const head = this.row === undefined ? undefined : accessHeadOf(line)
    if (head !== undefined) {
      this.#access ??= head.access
      if (this.#fault.frames.length === 0) this.#beginTrace(line)
      else this.#relate('other', line)
      return
    }
    this.#named ??= workerFunctionOf(line)
    this.#access ??= accessOf(line)
    const task = taskOf(line)
    this.#task ??= task
    if (task !== undefined || line.startsWith('Modules linked in:')) this.#awaitsMessages = false
    if (this.#awaitsMessages && this.#messages.length < MAX_MESSAGES && line !== '')
      this.#messages.push(line)
  }

  #relate(role: StackRole, title: string): Stack {
    const stack: Stack = { role, title: title.trim(), frames: [], elided: 0 }
    if (this.#related.length < MAX_RELATED_STACKS) this.#related.push(stack)
    this.#current = stack
    return stack
  }

  finish(modules: readonly ModuleSource[]): Finding {
    const names = new Set(modules.map(module => module.name))
    const headFrame = this.#head?.frame
    const frames =
      this.#fault.frames.length === 0 && headFrame !== undefined ? [headFrame] : this.#fault.frames
    const relevant = this.#relevantOf(frames, names)
    const about = headFrame !== undefined && !isMachinery(headFrame) ? headFrame : relevant
    const { kind, title } = this.#name(about)
    const headline = this.#head?.match.input ?? ''
    const location = locateHeadline(headline, modules, relevant?.module)
    const inModule = relevant?.module !== undefined && names.has(relevant.module)
    return {
      kind,
      fatality: this.row?.fatality ?? 'report',
      title: stableTitle(title),
      function: this.#named ?? (relevant === undefined ? undefined : plainName(relevant.function)),
      frames,
      elided: this.#fault.elided,
      related: this.#related.filter(stack => stack.frames.length > 0),
      location,
      locationReason: inModule && location === undefined ? 'not looked up' : undefined,
      access: this.#access,
      task: this.#task,
      text: this.#text.join('\n'),
      count: 1,
      cut: this.#cut,
      firstSequence: this.firstSequence,
      lastSequence: this.lastSequence,
      timeUs: this.timeUs,
      caller: this.caller,
      source: this.source,
      follows: this.follows,
    }
  }

  /** Prefers the taker of a held lock if no frame at fault is in a tested module. */
  #relevantOf(frames: readonly Frame[], modules: ReadonlySet<string>): Frame | undefined {
    const relevant = relevantFrame(frames, modules)
    const isTested = (frame: Frame): boolean => modules.has(frame.module ?? '')
    if ((relevant !== undefined && isTested(relevant)) || !OF_LOCKS.has(this.row?.kind))
      return relevant
    const held = this.#related.filter(({ role }) => role === 'held').flatMap(stack => stack.frames)
    return held.find(isTested) ?? relevant
  }

  #name(about: Frame | undefined): { kind: FindingKind; title: string } {
    if (this.row === undefined || this.#head === undefined)
      return { kind: 'warning', title: 'report without a headline' }
    const where = this.#named ?? (about === undefined ? undefined : plainName(about.function))
    const parts = { match: this.#head.match, where, access: this.#access }
    // Without a guard page, or when the fault handler itself had no stack left.
    if (mayBeOverflow(this.row, parts) && runawayFrame(this.#fault.frames) !== undefined)
      return { kind: 'stack-overflow', title: inFunction('kernel stack overflow')(parts) }
    return nameOf(this.row, parts, this.#messages)
  }
}

function push(stack: Stack, frame: Frame): void {
  const most = frame.module === undefined ? MAX_FRAMES : MAX_FRAMES + MAX_MODULE_FRAMES
  if (stack.frames.length < most) stack.frames.push(frame)
  else stack.elided += 1
}
