import type { Finding, MemoryAccess, StackRole } from '../finding.js'

/** Lines that introduce a stack other than the one at fault, and its role. */
const relatedHeads: readonly (readonly [RegExp, StackRole])[] = [
  [/^Allocated by(?: task \d{1,10}.{0,60})?:$/, 'allocated'],
  [/^Freed by(?: task \d{1,10}.{0,60})?:$/, 'freed'],
  [/^allocated by task \d/, 'allocated'],
  [/^(?:rcu freeing|freed) by task \d/, 'freed'],
  [/^Allocated in (?=\S)/, 'allocated'],
  [/^Freed in (?=\S)/, 'freed'],
  [/^page last allocated via /, 'allocated'],
  [/^page last free (?:pid .{0,40})?stack trace:/, 'freed'],
  [/^Uninit was (?:created|stored to memory) at:/, 'allocated'],
  [/^Local variable .{1,80} created at:/, 'other'],
  [/^(?:Last potentially|Second to last potentially) related work creation:/, 'queued'],
  [/^(?:DMA-API: )?Mapped at:/, 'mapped'],
  [/^kmemleak: {3}backtrace:/, 'allocated'],
  [/^(?:ref_tracker: )?allocated in:$/, 'allocated'],
  [/^(?:ref_tracker: )?freed in:$/, 'freed'],
  // kernel/locking/lockdep.c, print_lock(): where a held lock was taken
  [/^ {0,2}#\d{1,3}: [0-9a-f]{8,16} \(.{1,200}?\)\{.{1,40}?\}.{0,16}, at: (?=\S)/, 'held'],
  [/^-> #\d{1,3} \(/, 'other'],
]

/** A call returned with interrupts off: include/linux/entry-common.h, and init/main.c. */
export const leftIrqsOff = (line: string): boolean =>
  /^(?:syscall \d{1,20} left IRQs disabled|initcall .{1,300} returned with .{0,40}disabled interrupts)/.test(
    line,
  )

/** kernel/locking/lockdep.c, print_irqtrace_events(): it comes with many reports. */
const IRQS_OFF_AT = /^hardirqs last disabled at \(\d{1,10}\): \[<[0-9a-f]{8,16}>\] (?=\S)/

/** True before the stack of the thread that a stall blocked (kernel/rcu/tree_stall.h). */
export const isOfWaiter = (line: string): boolean =>
  line.startsWith('rcu: RCU grace-period kthread stack dump:')

/**
 * The stack that a line introduces, and the rest of that line.
 * @param isOfIrqs whether the report is about interrupts that are off
 */
export function relatedStackOf(
  line: string,
  isOfIrqs: boolean,
): { role: StackRole; rest: string } | undefined {
  const heads = isOfIrqs ? [...relatedHeads, [IRQS_OFF_AT, 'irqs-off'] as const] : relatedHeads
  for (const [head, role] of heads) {
    const match = head.exec(line)
    if (match !== null) return { role, rest: line.slice(match[0].length) }
  }
  return undefined
}

/** Lines before stacks without "Call Trace:": kernel/kcsan/report.c, mm/kfence/report.c. */
export function accessHeadOf(line: string): { access: MemoryAccess | undefined } | undefined {
  const match =
    /^(?:(?:assert no accesses to|assert no writes to|race at unknown origin, with |read|write|read-write)[\w() -]{0,40} (?:to )?0x[0-9a-f]{1,16} of (\d{1,6}) bytes by |(?:Use-after-free|Out-of-bounds|Invalid|Corrupted memory|Memory corruption)[\w -]{0,20} (?:at|of) 0x)/.exec(
      line,
    )
  if (match === null) return undefined
  return { access: accessIn(line, match[1] === undefined ? undefined : Number(match[1])) }
}

/** KASAN's second line (mm/kasan/report.c): "Write of size 8 at addr …". */
export function accessOf(line: string): MemoryAccess | undefined {
  const match = /^(?:(Read|Write) of size (\d{1,19}) at |Free of addr )/.exec(line)
  if (match === null) return undefined
  return match[1] === undefined
    ? { type: 'free', size: undefined }
    : { type: match[1] === 'Read' ? 'read' : 'write', size: Number(match[2]) }
}

/** The access in a description: "use-after-free read", "invalid free". */
export function accessIn(words: string, size: number | undefined): MemoryAccess | undefined {
  if (/write/i.test(words)) return { type: 'write', size }
  if (/read/i.test(words)) return { type: 'read', size }
  return /(?<!use-after-)free\b/i.test(words) ? { type: 'free', size } : undefined
}

/** The task of a report: from dump_stack's header, or from the headline for a stuck task. */
export function taskOf(line: string): Finding['task'] {
  const cpu =
    /^CPU: \d{1,4} (?:UID: \d{1,10} )?PID: (\d{1,10}) Comm: (.{1,40}?) (?:Not tainted|Tainted: )/.exec(
      line,
    )
  if (cpu !== null) return { comm: cpu[2] ?? '', pid: Number(cpu[1]) }
  const stuck =
    /^(?:INFO: task |watchdog: BUG: soft lockup .{1,40} \[)(.{1,40}):(\d{1,10})(?: |\])/.exec(line)
  return stuck === null ? undefined : { comm: stuck[1] ?? '', pid: Number(stuck[2]) }
}

/** Lines that come with a stack or with registers, and that survive where those are lost. */
export const isOfReport = (line: string): boolean =>
  /^(?:CPU: \d|Hardware name: |RIP: |Call [Tt]race:|Modules linked in:|Kernel Offset: |---\[ end )/.test(
    line,
  )

/**
 * A function that a line names and no stack has: of a workqueue's worker (kernel/workqueue.c), the
 * handler of an interrupt that nobody cared for (kernel/irq/spurious.c), or of a timer that spoilt
 * the count of interrupts (kernel/time/timer.c).
 */
export const namedFunctionOf = (line: string): string | undefined => NAMES.exec(line)?.[1]

const NAMES =
  /^(?:timer: (?=\S{1,200} (?:\[\w{1,60}\] )?preempt leak: )|\s{0,8}(?:last function: |preempt=\S{1,20} lock=\S{1,20} RCU=\S{1,20} workfn=)|(?: {4}in-flight: [\w()]{1,20}:|\[<[0-9a-f]{1,16}>\] )(?=[\w.]{1,200} \[))([A-Za-z_][\w.]{0,199})/

/** What a jump to an invalid address says about its cause, which the trace may have lost. */
export function wildJumpIn(text: readonly string[], task: Finding['task']): string | undefined {
  const lines = text.map(line => /^RIP: 0010:(0x(?!0000|ffff)[0-9a-f]{16})$/.exec(line))
  const to = lines.find(match => match !== null)?.[1]
  if (to === undefined) return undefined
  const who = task === undefined ? 'it' : `the kernel, for "${task.comm}",`
  return `${who} jumped to ${to}: the stack, or a pointer to a function, was overwritten: run on debug`
}
