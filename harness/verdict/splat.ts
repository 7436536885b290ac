import type { LogRecord } from '../log-record.js'
import type {
  Finding,
  FindingKind,
  FindingSource,
  Frame,
  MemoryAccess,
  ModuleSource,
  SourceLocation,
  StackRole,
} from './finding.js'
import {
  isMachinery,
  isRegister,
  parseFaultLine,
  parseSymbol,
  parseTraceLine,
  plainName,
  relevantFrame,
} from './frames.js'
import { locate } from './module-source.js'
import { refinements, type Row, type TitleParts } from './rows.js'
import type { Beginning } from './boundaries.js'
import { stableTitle } from './title.js'

const MAX_TEXT_CHARACTERS = 32_768
const MAX_MESSAGES = 16
const MAX_FRAMES = 128
const MAX_RELATED_STACKS = 16

/** Lines under which a stack stands that is not the one at fault, and whose it is. */
const relatedHeads: readonly (readonly [RegExp, StackRole])[] = [
  [/^Allocated by(?: task \d{1,10}.{0,60})?:$/, 'allocated'],
  [/^Freed by(?: task \d{1,10}.{0,60})?:$/, 'freed'],
  [/^allocated by task \d/, 'allocated'],
  [/^freed by task \d/, 'freed'],
  [/^Allocated in (?=\S)/, 'allocated'],
  [/^Freed in (?=\S)/, 'freed'],
  [/^page last allocated via /, 'allocated'],
  [/^page last free (?:pid .{0,40})?stack trace:/, 'freed'],
  [/^Uninit was (?:created|stored to memory) at:/, 'allocated'],
  [/^Local variable .{1,80} created at:/, 'other'],
  [/^(?:Last potentially|Second to last potentially) related work creation:/, 'queued'],
  [/^(?:DMA-API: )?Mapped at:/, 'mapped'],
  [/^kmemleak:   backtrace:/, 'allocated'],
  [/^-> #\d{1,3} \(/, 'other'],
]

/** Lines under which KCSAN and KFENCE print the stack at fault, without "Call Trace:". */
const accessHead =
  /^(?:(?:assert no accesses to|assert no writes to|race at unknown origin, with |read|write|read-write)[\w() -]{0,40} (?:to )?0x[0-9a-f]{1,16} of (\d{1,6}) bytes by |(?:Use-after-free|Out-of-bounds|Invalid|Corrupted memory|Memory corruption)[\w -]{0,20} (?:at|of) 0x)/

interface Stack {
  readonly role: StackRole | 'fault'
  readonly title: string
  readonly frames: Frame[]
}

/** One report while its lines arrive: collects what a finding needs, within fixed bounds. */
export class Splat {
  readonly source: FindingSource
  readonly caller: string
  readonly firstSequence: number
  readonly timeUs: number
  lastSequence: number
  lastTimeUs: number
  row: Row | undefined
  follows: number | undefined
  lines = 0
  /** The stack at fault: not begun, being printed, complete. */
  trace: 'none' | 'printing' | 'done' = 'none'

  #head: { match: RegExpExecArray; frame: Frame | undefined } | undefined
  #cut: string | undefined
  #access: MemoryAccess | undefined
  /** Function that a line of the report names without an address. */
  #named: string | undefined
  #task: { comm: string; pid: number } | undefined
  #text: string[] = []
  #characters = 0
  #messages: string[] = []
  #awaitsMessages = true
  #fault: Stack = { role: 'fault', title: '', frames: [] }
  #related: Stack[] = []
  #current: Stack | undefined
  #headLine = 0

  constructor(record: LogRecord, source: FindingSource) {
    this.source = source
    this.caller = record.caller
    this.firstSequence = this.lastSequence = record.sequence
    this.timeUs = this.lastTimeUs = record.timeUs
  }

  /** Whether what a report must have before it can end has been seen. */
  get mayEnd(): boolean {
    return this.row?.end !== 'rule' || this.lines > this.#headLine
  }

  /** The line that tells the kind; to be added after this. */
  head({ row, match }: Beginning, line: string): void {
    this.row = row
    this.#headLine = this.lines + 1
    this.#head = { match, frame: parseSymbol(line.slice(match[0].length), false) }
    if (row.kind === 'panic' && match[1] !== undefined) this.#messages.push(match[1])
    if (row.kind === 'kmsan') this.#current = this.#fault
    if (row.kind === 'kfence') this.#access = accessOf(match[1] ?? '', undefined)
  }

  cut(reason: string): void {
    this.#cut ??= reason
  }

  /** @param line one line, without newline, already bounded */
  add(record: LogRecord, line: string): void {
    this.lastSequence = record.sequence
    this.lastTimeUs = record.timeUs
    this.lines++
    if (this.#characters + line.length > MAX_TEXT_CHARACTERS) {
      this.cut(`the report is longer than ${MAX_TEXT_CHARACTERS} characters`)
    } else {
      this.#text.push(line)
      this.#characters += line.length + 1
    }
    this.#understand(line)
  }

  #understand(line: string): void {
    if (line === ' <TASK>' || line === ' <IRQ>' || line === ' </IRQ>') return
    if (/^ {0,2}<\/TASK>/.test(line)) return this.#endStack()
    if (/^ {0,2}<\/?[#\w]{1,12}>$/.test(line)) return

    const fault = parseFaultLine(line)
    if (fault !== undefined) {
      // Printed again after an oops: show_regs of the registers that were saved.
      if (this.trace !== 'done') push(this.#fault, fault)
      this.#awaitsMessages = false
      return
    }
    if (/^Call [Tt]race:/.test(line)) return this.#beginTrace(line)
    if (this.#current !== undefined) {
      const frame = parseTraceLine(line)
      if (frame !== undefined) return push(this.#current, frame)
      if (isRegister(line)) return
      this.#endStack()
    }
    this.#understandHead(line)
  }

  #beginTrace(line: string): void {
    this.#awaitsMessages = false
    if (this.trace === 'none') {
      this.trace = 'printing'
      this.#current = this.#fault
    } else {
      this.#relate('other', line)
    }
  }

  #endStack(): void {
    if (this.#current === this.#fault) this.trace = 'done'
    this.#current = undefined
  }

  #understandHead(line: string): void {
    for (const [head, role] of relatedHeads) {
      const match = head.exec(line)
      if (match === null) continue
      this.#relate(role, line)
      const first = parseSymbol(line.slice(match[0].length), false)
      if (first !== undefined && this.#current !== undefined) push(this.#current, first)
      return
    }
    const access = accessHead.exec(line)
    if (access !== null && this.row !== undefined) {
      const bytes = access[1] === undefined ? undefined : Number(access[1])
      this.#access ??= accessOf(line, bytes)
      if (this.#fault.frames.length === 0) {
        this.trace = 'printing'
        this.#current = this.#fault
      } else {
        this.#relate('other', line)
      }
      return
    }
    const worker = /^\s{0,8}last function: ([A-Za-z_][\w.]{0,199})/.exec(line)
    if (worker !== null) {
      this.#named = worker[1]
      return
    }
    const kasan = /^(Read|Write) of size (\d{1,19}) at |^(Free) of addr /.exec(line)
    if (kasan !== null) {
      const bytes = kasan[2] === undefined ? undefined : Number(kasan[2])
      this.#access ??= accessOf(kasan[1] ?? 'free', bytes)
      return
    }
    const cpu =
      /^CPU: \d{1,4} (?:UID: \d{1,10} )?PID: (\d{1,10}) Comm: (.{1,40}?) (?:Not tainted|Tainted: )/.exec(
        line,
      )
    if (cpu !== null) {
      this.#task ??= { pid: Number(cpu[1]), comm: cpu[2] ?? '' }
      this.#awaitsMessages = false
      return
    }
    if (/^Modules linked in:/.test(line)) this.#awaitsMessages = false
    if (this.#awaitsMessages && this.#messages.length < MAX_MESSAGES && line !== '')
      this.#messages.push(line)
  }

  #relate(role: StackRole, title: string): void {
    this.#current = { role, title: title.trim(), frames: [] }
    if (this.#related.length < MAX_RELATED_STACKS) this.#related.push(this.#current)
  }

  finish(modules: readonly ModuleSource[]): Finding {
    const names = new Set(modules.map(module => module.name))
    const headFrame = this.#head?.frame
    const frames =
      this.#fault.frames.length === 0 && headFrame !== undefined ? [headFrame] : this.#fault.frames
    const relevant = relevantFrame(frames, names)
    const about = headFrame !== undefined && !isMachinery(headFrame) ? headFrame : relevant
    const { kind, title } = this.#name(about)
    const location = this.#location(modules, relevant)
    const inModule = relevant?.module !== undefined && names.has(relevant.module)
    return {
      kind,
      fatality: this.row?.fatality ?? 'report',
      title: stableTitle(title),
      function: this.#named ?? (relevant === undefined ? undefined : plainName(relevant.function)),
      frames,
      related: this.#related
        .filter(stack => stack.frames.length > 0)
        .map(({ role, title, frames }) => ({
          role: role === 'fault' ? 'other' : role,
          title,
          frames,
        })),
      location,
      locationReason: inModule && location === undefined ? 'not looked up' : undefined,
      access: this.#access,
      task: this.#task,
      text: this.#text.join('\n'),
      cut: this.#cut,
      firstSequence: this.firstSequence,
      lastSequence: this.lastSequence,
      timeUs: this.timeUs,
      caller: this.caller,
      source: this.source,
      follows: this.follows,
    }
  }

  #name(about: Frame | undefined): { kind: FindingKind; title: string } {
    const where = this.#named ?? (about === undefined ? undefined : plainName(about.function))
    const parts = (match: RegExpExecArray): TitleParts => ({ match, where, access: this.#access })
    if (this.row === undefined || this.#head === undefined)
      return { kind: 'warning', title: 'report without a headline' }
    if (['warning', 'bug', 'panic'].includes(this.row.kind)) {
      for (const message of this.#messages)
        for (const { says, kind, title } of refinements) {
          const match = says.exec(message)
          if (match !== null) return { kind, title: title(parts(match)) }
        }
    }
    return { kind: this.row.kind, title: this.row.title(parts(this.#head.match)) }
  }

  /** From the headline's `file:line`, where the kernel prints one and the file is a module's. */
  #location(
    modules: readonly ModuleSource[],
    relevant: Frame | undefined,
  ): SourceLocation | undefined {
    const place = /(?:^|\s)((?:\/|\.)?[\w./+-]{1,300}\.[chS]):(\d{1,7})\b/.exec(
      this.#head?.match.input ?? '',
    )
    if (place === null) return undefined
    const [, file = '', line = ''] = place
    // The module of the function at fault first: two modules may share a source folder.
    const ordered = [...modules].sort(
      (a, b) => Number(b.name === relevant?.module) - Number(a.name === relevant?.module),
    )
    for (const module of ordered) {
      const location = locate(module, file, Number(line))
      if (location !== undefined) return location
    }
    return undefined
  }
}

function push(stack: Stack, frame: Frame): void {
  if (stack.frames.length < MAX_FRAMES) stack.frames.push(frame)
}

function accessOf(words: string, size: number | undefined): MemoryAccess | undefined {
  const type =
    /free$/i.test(words) && !/use-after/i.test(words)
      ? 'free'
      : /write/i.test(words)
        ? 'write'
        : /read/i.test(words)
          ? 'read'
          : undefined
  return type === undefined ? undefined : { type, size }
}
