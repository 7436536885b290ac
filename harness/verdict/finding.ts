/** What the kernel complained of, in the field's words; `rows.ts` says which text is which. */
export const findingKinds = [
  'allocation-size',
  'bad-page',
  'bug',
  'debug-objects',
  'dma-api',
  'fortify',
  'gpf',
  'hard-lockup',
  'hung-task',
  'kasan',
  'kcsan',
  'kfence',
  'kmemleak',
  'kmsan',
  'left-behind',
  'list-corruption',
  'lockdep',
  'nmi-backtrace',
  'oops',
  'out-of-memory',
  'page-poison',
  'panic',
  'preemption',
  'rcu-stall',
  'refcount',
  'scheduling-while-atomic',
  'sleeping-in-atomic',
  'slub',
  'soft-lockup',
  'spinlock',
  'stack-corruption',
  'stack-overflow',
  'sysfs',
  'ubsan',
  'unknown-parameter',
  'usercopy',
  'vfs',
  'warning',
  'workqueue-leak',
  'workqueue-lockup',
] as const
export type FindingKind = (typeof findingKinds)[number]

const STALLS: ReadonlySet<string | undefined> = new Set<FindingKind>([
  'soft-lockup',
  'hard-lockup',
  'rcu-stall',
  'hung-task',
])

/** What the kernel's watchdogs find, by their clocks. */
export const isStall = (kind: string | undefined): boolean => STALLS.has(kind)

/** The same, and the traces of other processors that they ask for. */
export const isOfWatchdogs = (kind: string): boolean => isStall(kind) || kind === 'nmi-backtrace'

/** What it costs: the kernel goes on, the running task is killed, or the machine ends (or is stuck). */
export type Fatality = 'report' | 'task' | 'machine'

/** Where the text was read: `console` only for a machine that can no longer be asked for its log. */
export type FindingSource = 'kmsg' | 'console' | 'debugfs'

/** A place in the source of a tested module, its file as the module's user calls it: `module/ring.c`. */
export interface SourceLocation {
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** One line of a stack trace: `function+0x1f/0x40 [module]`. */
export interface Frame {
  readonly function: string
  /** Bytes from the function's start. */
  readonly offset: number
  /** The function's length in bytes. */
  readonly size: number
  /** Undefined for the kernel's own code. */
  readonly module: string | undefined
  /** Was inlined into the frame after it; known after `symbolize`. */
  readonly inline: boolean
  /** Printed with `?`: an address found on the stack that may be a leftover. */
  readonly unreliable: boolean
  /** The address is the instruction at fault, not the one a call returns to. */
  readonly exact: boolean
  /** Known for a tested module's frames after `symbolize`. */
  readonly location: SourceLocation | undefined
}

export type StackRole = 'allocated' | 'freed' | 'mapped' | 'queued' | 'held' | 'other'

/** A stack the kernel adds to the one at fault: where an object came from, the other side of a race. */
export interface RelatedStack {
  readonly role: StackRole
  /** The kernel's line above it: "Freed by task 70:". */
  readonly title: string
  readonly frames: readonly Frame[]
  /** How many more frames it had. */
  readonly elided: number
}

export interface MemoryAccess {
  readonly type: 'read' | 'write' | 'free'
  /** Bytes; undefined where the kernel does not say. */
  readonly size: number | undefined
}

/** One complaint of the kernel. */
export interface Finding {
  readonly kind: FindingKind
  readonly fatality: Fatality
  /** The same for the same bug in every run: no addresses, process numbers, times or sizes. */
  readonly title: string
  /** The first frame in a tested module, else the first that is not the kernel's reporting machinery. */
  readonly function: string | undefined
  /** The stack at fault, innermost first. */
  readonly frames: readonly Frame[]
  /** How many more frames that stack had. */
  readonly elided: number
  readonly related: readonly RelatedStack[]
  /** In a tested module's source; from the headline, or after `symbolize`. */
  readonly location: SourceLocation | undefined
  /** A tested module printed it itself, at `location`: the kernel's checks found nothing. */
  readonly isOwnWords?: true
  /** Why `location` is missing although a tested module is involved. */
  readonly locationReason: string | undefined
  readonly access: MemoryAccess | undefined
  /** The running task, where the kernel says. */
  readonly task: { readonly comm: string; readonly pid: number } | undefined
  /** The whole report, bounded. */
  readonly text: string
  /** How often it came: alike ones are counted, and the first is shown. */
  readonly count: number
  /** Their own texts, where those counted differ in numbers or addresses; the first 1000. */
  readonly texts?: ReadonlySet<string>
  /** Why `text` is not whole; undefined when it is. */
  readonly cut: string | undefined
  readonly firstSequence: number
  readonly lastSequence: number
  /** Microseconds since the guest's boot, of the first record. */
  readonly timeUs: number
  readonly caller: string
  readonly source: FindingSource
  /** `firstSequence` of the finding this one is a consequence of: a panic after an oops. */
  readonly follows: number | undefined
}

/** A module whose faults are looked for, and how its places are shown. */
export interface ModuleSource {
  /** As the kernel prints it: `ring_test`, never `ring-test`. */
  readonly name: string
  /** How DWARF and `__FILE__` name the module's folder, and how it is shown: `module/`. */
  readonly sourcePrefix: string
  /** Absolute folder of its sources, for what it prints itself. */
  readonly folder?: string
  /** Absolute folder it was compiled in, for names the compiler did not map to `sourcePrefix`. */
  readonly compiledIn?: string
  /** Object with DWARF; without one only headlines tell lines. */
  readonly debugKo?: string
}
