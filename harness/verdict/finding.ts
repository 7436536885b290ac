import type { FindingKind } from './finding-kinds.js'

/** Consequence: the kernel continues, the running task is killed, or the machine ends or hangs. */
export type Fatality = 'report' | 'task' | 'machine'

/** A place in a tested module's source; the file as users write it: `module/ring.c`. */
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
  /** Inlined into the frame after it; set by `symbolize`. */
  readonly inline: boolean
  /** Printed with `?`: an address on the stack that may be stale. */
  readonly unreliable: boolean
  /** The address is the faulting instruction, not a return address. */
  readonly exact: boolean
  /** Set for a tested module's frames by `symbolize`. */
  readonly location: SourceLocation | undefined
}

export type StackRole = 'allocated' | 'freed' | 'mapped' | 'queued' | 'held' | 'irqs-off' | 'other'

/** An address without a name: of a function that was freed when its module had begun. */
export interface NamelessCaller {
  /** As the kernel printed it. */
  readonly digits: string
  /** How many frames of its stack are before it. */
  readonly after: number
  /** Where in modules that address has been; set by `withUnloaded`. */
  readonly places: readonly {
    readonly module: string
    readonly section: string
    /** From the section's start. */
    readonly address: number
  }[]
}

/** An additional stack of the report: an object's allocation, the other side of a race. */
export interface RelatedStack {
  readonly role: StackRole
  /** The kernel's headline of it: "Freed by task 70:". */
  readonly title: string
  readonly frames: readonly Frame[]
  /** Absent if there are none, and when `symbolize` has made frames of them. */
  readonly nameless?: readonly NamelessCaller[]
  /** Number of frames left out. */
  readonly elided: number
}

export interface MemoryAccess {
  readonly type: 'read' | 'write' | 'free'
  /** Bytes; undefined if the kernel did not print it. */
  readonly size: number | undefined
}

/** A place in a module that was not loaded any more when the kernel reported it. */
export interface UnloadedAddress {
  /** As the kernel printed it. */
  readonly digits: string
  readonly module: string
  /** From its section's start. */
  readonly place?: { readonly section: string; readonly address: number }
  /** The function that lay there; set by `symbolize`. */
  readonly function?: string
}

/** One report of the kernel. */
export interface Finding {
  readonly kind: FindingKind
  readonly fatality: Fatality
  /** Stable across runs: no addresses, PIDs, times or sizes. */
  readonly title: string
  /** The first frame in a tested module, else the first outside the reporting machinery. */
  readonly function: string | undefined
  /** The stack at fault, innermost first. */
  readonly frames: readonly Frame[]
  /** Number of that stack's frames that were left out. */
  readonly elided: number
  readonly related: readonly RelatedStack[]
  /** In a tested module's source; from the headline or `symbolize`. */
  readonly location: SourceLocation | undefined
  /** Neither stack nor registers came after its headline, as they do when the kernel prints it. */
  readonly isBare?: true
  /** Where an address that it is about had been: of a module that is unloaded. */
  readonly unloaded?: UnloadedAddress
  /** Printed by a tested module's own printk at `location`, not by a kernel check. */
  readonly isPrintk?: true
  /** Why `location` is missing, if that is known. */
  readonly locationReason: string | undefined
  readonly access: MemoryAccess | undefined
  /** The running task, if the kernel printed it. */
  readonly task: { readonly comm: string; readonly pid: number } | undefined
  /** The whole report, bounded. */
  readonly text: string
  /** Number of alike findings; the first is shown. */
  readonly count: number
  /** The texts of alike findings that differ in numbers or addresses; the first 1000. */
  readonly texts?: ReadonlySet<string>
  /** Why `text` is incomplete; undefined if it is complete. */
  readonly cut: string | undefined
  readonly firstSequence: number
  readonly lastSequence: number
  readonly caller: string
  /** Read elsewhere than in the log: debugfs, /proc. */
  readonly isBesideLog?: true
  /** `firstSequence` of the finding that caused this one: the oops before a panic. */
  readonly follows: number | undefined
}

/**
 * A finding that was not read from the log.
 * @param sequence of the last log record when it was read; it has none of its own
 */
export const besideLog = (kind: FindingKind, title: string, sequence: number): Finding => ({
  kind,
  fatality: 'report',
  title,
  function: undefined,
  frames: [],
  elided: 0,
  related: [],
  location: undefined,
  locationReason: undefined,
  access: undefined,
  task: undefined,
  text: '',
  count: 1,
  cut: undefined,
  firstSequence: sequence,
  lastSequence: sequence,
  caller: '',
  isBesideLog: true,
  follows: undefined,
})

/** A module under test, and how its source locations are shown. */
export interface ModuleSource {
  /** As the kernel prints it: `ring_test`, never `ring-test`. */
  readonly name: string
  /** The files that it may be built from, as reports name them: `module/ring.c`. */
  readonly sources: readonly string[]
  /** Absolute folder with those files, which are searched for the module's own printk formats. */
  readonly root?: string
  /** Object with DWARF; without it only headlines give lines. */
  readonly debugKo?: string
}
