import type { Frame, NamelessCaller, StackRole } from '../finding.js'
import {
  isBareAddress,
  isLostFault,
  isRegister,
  parseFaultLine,
  parseSymbol,
  parseTraceLine,
} from './trace-line.js'
import { isOfWaiter, leftIrqsOff, relatedStackOf } from '../reader/report-lines.js'

/** Longer stacks keep only frames of modules beyond these, and at most so many. */
const MAX_FRAMES = 96
const MAX_MODULE_FRAMES = 32
const MAX_RELATED_STACKS = 16

/** Length of x86's prologue: `push %rbp; mov %rsp,%rbp`. */
const FRAME_MADE_BYTES = 4

interface Stack {
  readonly role: StackRole
  readonly title: string
  readonly frames: Frame[]
  nameless?: NamelessCaller[]
  elided: number
}

/** Reads the stacks of one report: the one at fault, and those printed beside it. */
export class StackReader {
  /** State of the stack at fault. */
  trace: 'none' | 'printing' | 'done' = 'none'
  /** A stack, or the line that names the function at fault, was read. */
  hasBegun = false
  readonly fault: Stack = { role: 'other', title: '', frames: [], elided: 0 }

  readonly #related: Stack[] = []
  #current: Stack | undefined
  #jumped = false
  #isReopened = false
  /** The report has end-of-stack marks (since 5.16). */
  #hasMarks = false
  #inUserRegisters = false
  /** The next stack is that of the blocked thread. */
  #isOfWaiter = false
  #isOfIrqs = false

  get related(): Stack[] {
    return this.#related.filter(stack => stack.frames.length > 0 || stack.nameless !== undefined)
  }

  /** One more stack follows. */
  reopen(): void {
    this.#isReopened = true
    this.trace = this.fault.frames.length === 0 ? 'none' : 'done'
  }

  /** @returns whether the line was one of a stack; others may still say what is at fault */
  take(line: string): boolean {
    if (/^ {0,2}<\/TASK>/.test(line)) return this.#end()
    if (/^ {0,2}<TASK>$/.test(line)) this.#hasMarks = true
    if (/^ {0,2}<\/?[#\w]{1,12}>$/.test(line)) return true
    if (this.#isLastOfTask(line)) return this.#end()

    const fault = parseFaultLine(line)
    if (fault !== undefined) {
      // After an oops show_regs prints the saved registers again.
      if (this.trace !== 'done' && !this.#isOfWaiter) push(this.fault, fault)
      this.hasBegun = true
      return true
    }
    if (this.trace === 'none' && isLostFault(line)) this.#jumped = true
    if (/^Call [Tt]race:/.test(line)) return this.begin(line)
    if (this.#current !== undefined) {
      const frame = parseTraceLine(line)
      if (frame !== undefined) return this.#frame(this.#current, frame)
      if (this.#current !== this.fault) addNameless(this.#current, line.trim())
      if (isRegister(line) || isBareAddress(line)) return true
      this.#end()
    }
    return this.#title(line)
  }

  /** A stack begins after this line: the one at fault, unless that was read already. */
  begin(line: string): true {
    this.hasBegun = true
    if (this.trace === 'none' && !this.#isOfWaiter) this.#current = this.fault
    else this.#relate('other', line)
    if (this.trace === 'none' || this.#isReopened) this.trace = 'printing'
    return true
  }

  /** The stack of a memory access begins after this line: of the first, if none was at fault. */
  beginAccess(line: string): void {
    if (this.fault.frames.length === 0) this.begin(line)
    else this.#relate('other', line)
  }

  /** A line such as "Allocated by task 57:" begins a related stack. */
  #title(line: string): boolean {
    if (isOfWaiter(line)) this.#isOfWaiter = true
    this.#isOfIrqs ||= leftIrqsOff(line)
    const related = relatedStackOf(line, this.#isOfIrqs)
    if (related === undefined) return false
    const stack = this.#relate(related.role, line)
    const frame = parseSymbol(related.rest, false)
    if (frame !== undefined) push(stack, frame)
    else addNameless(stack, related.rest)
    return true
  }

  #relate(role: StackRole, title: string): Stack {
    const stack: Stack = { role, title: title.trim(), frames: [], elided: 0 }
    if (this.#related.length < MAX_RELATED_STACKS) this.#related.push(stack)
    this.#current = stack
    return stack
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
  #frame(stack: Stack, frame: Frame): true {
    const isJump = this.#jumped && stack === this.fault && stack.frames.length === 0
    const last = stack.frames.at(-1)
    // Before a function has set up its frame, the unwinder skips its caller.
    const isEntered = last !== undefined && last.exact && last.offset < FRAME_MADE_BYTES
    push(stack, isJump || isEntered ? { ...frame, unreliable: false } : frame)
    return true
  }

  #end(): true {
    if (this.trace === 'printing') this.trace = 'done'
    if (this.#current !== undefined) this.#isOfWaiter = false
    this.#current = undefined
    return true
  }
}

/** At most as many as modules' frames are kept. */
function addNameless(stack: Stack, text: string): void {
  const [, digits] = /^(0x[0-9a-f]{16})$/.exec(text) ?? []
  const { nameless = [], frames } = stack
  if (digits === undefined || nameless.length === MAX_MODULE_FRAMES) return
  stack.nameless = [...nameless, { digits, after: frames.length, places: [] }]
}

function push(stack: Stack, frame: Frame): void {
  const most = frame.module === undefined ? MAX_FRAMES : MAX_FRAMES + MAX_MODULE_FRAMES
  if (stack.frames.length < most) stack.frames.push(frame)
  else stack.elided += 1
}
