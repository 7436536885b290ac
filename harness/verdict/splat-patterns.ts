import type { Fatality, FindingKind, MemoryAccess } from './finding.js'

/** The parts of a title. */
export interface TitleParts {
  /** The row's `begin` (or `says`) match. */
  readonly match: RegExpExecArray
  /** Function the report is about, without offsets; undefined if none was printed. */
  readonly where: string | undefined
  readonly access: MemoryAccess | undefined
}

/**
 * How the end of a report is recognized:
 * `line`: it is one line; `trace`: its (last) call trace ends; `marker`: `---[ end …`;
 * `rule`: a line of `=`; otherwise a pattern.
 */
export type ReportEnd = 'line' | 'trace' | 'marker' | 'rule' | RegExp

export interface SplatPattern {
  /** The line that gives the kind; anchored, so a driver's "x: BUG: y" does not match. */
  readonly begin: RegExp
  readonly kind: FindingKind
  readonly fatality: Fatality
  readonly title: (parts: TitleParts) => string
  readonly end: ReportEnd
  /** Lines that begin other reports but belong to this one. */
  readonly contains?: RegExp
  /** Lines that may follow its end and belong to it. */
  readonly trailer?: RegExp
  /** A line after its end that introduces one more stack. */
  readonly reopens?: RegExp
  /** Its stack follows the headline, without a "Call Trace:". */
  readonly isBeforeStack?: true
}

export const inFunction =
  (text: string | ((match: RegExpExecArray) => string)) =>
  ({ match, where }: TitleParts): string =>
    `${typeof text === 'string' ? text : text(match)}${where === undefined ? '' : ` in ${where}`}`

const words = ({ match }: TitleParts): string => match[1] ?? match[0]

const registers =
  /^(?:RIP: |RSP: |RAX: |RBX: |RDX: |RDX|RBP: |R\d\d: |FS: |CS: |CR2: |DR0: |DR3: |PKRU: |Code: |CR2$|EFLAGS|note: |Modules linked in: )/

const oopsHead =
  /^(?:Oops: |invalid opcode: |invalid opcode, |#PF: |PGD |Internal error: |Mem abort info|kernel tried to execute|BUG: unable to handle|BUG: kernel NULL|KASAN: )/

const HELD_LOCK = /^ {0,2}#\d{1,3}: .{1,300}, at: /

const trapAfterReason = new RegExp(`${oopsHead.source}|^WARNING: CPU: `)

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/**
 * One row per beginning of a kernel report, 5.10 to 7.x, specific rows first. Comments name the
 * kernel source file that prints the text.
 */
export const splatPatterns: readonly SplatPattern[] = [
  {
    // mm/kasan/report.c
    begin: /^BUG: KASAN: (.{1,80}?) in (?=\S)/,
    kind: 'kasan',
    fatality: 'report',
    title: ({ match, where, access }) =>
      [
        `KASAN: ${match[1] ?? ''}`,
        ...(access === undefined || access.type === 'free' ? [] : [capital(access.type)]),
        ...(where === undefined ? [] : [`in ${where}`]),
      ].join(' '),
    end: 'rule',
  },
  {
    // mm/kfence/report.c
    begin: /^BUG: KFENCE: (.{1,80}?)(?: in (?=\S)|$)/,
    kind: 'kfence',
    fatality: 'report',
    title: inFunction(match => `KFENCE: ${match[1] ?? ''}`),
    end: 'rule',
  },
  {
    // kernel/kcsan/report.c
    begin: /^BUG: KCSAN: (.{1,40}?) in (\S{1,200})(?: \/ (\S{1,200}))?/,
    kind: 'kcsan',
    fatality: 'report',
    title: ({ match }) =>
      `KCSAN: ${match[1] ?? ''} in ${[match[2], match[3]].filter(name => name !== undefined).join(' / ')}`,
    end: 'rule',
  },
  {
    // mm/kmsan/report.c
    begin: /^BUG: KMSAN: (.{1,80}?) in (?=\S)/,
    kind: 'kmsan',
    fatality: 'report',
    title: inFunction(match => `KMSAN: ${match[1] ?? ''}`),
    end: 'rule',
    isBeforeStack: true,
  },
  {
    // arch/x86/kernel/traps.c, kernel/cfi.c: reason of the next oops (CONFIG_UBSAN_TRAP) or WARN
    begin: /^(?:traps: )?(UBSAN: .{1,60}?|CFI failure) at (?=\S)/,
    kind: 'oops',
    fatality: 'task',
    title: inFunction(match => match[1] ?? ''),
    end: 'marker',
    contains: trapAfterReason,
    trailer: registers,
  },
  {
    // lib/ubsan.c; ends with a rule before 6.10, with a marker since
    begin: /^UBSAN: (.{1,60}?) in (\S{1,300})/,
    kind: 'ubsan',
    fatality: 'report',
    title: inFunction(match => `UBSAN: ${match[1] ?? ''}`),
    end: /^(?:={20,}|---\[ end trace )/,
  },
  {
    // kernel/locking/lockdep.c, lockdep_sys_exit(): no trace, but the place of each held lock
    begin: /^(?:BUG|WARNING): (lock held when returning to user space)!?/,
    kind: 'lockdep',
    fatality: 'report',
    title: inFunction(match => `lockdep: ${match[1] ?? ''}`),
    end: HELD_LOCK,
    trailer: HELD_LOCK,
  },
  {
    // kernel/locking/lockdep.c, kernel/rcu/update.c
    begin:
      /^WARNING: (possible circular locking dependency detected|possible recursive locking detected|inconsistent lock state|possible irq lock inversion dependency detected|[\w-]{1,40} -> [\w-]{1,40} lock order detected|bad unlock balance detected|bad contention detected|held lock freed|Nested lock was not taken|suspicious RCU usage|Deadlock\b.{0,80}|chain cycle detected|nested lock was not taken|\S{1,40} still has locks held)/,
    kind: 'lockdep',
    fatality: 'report',
    title: inFunction(match => `lockdep: ${(match[1] ?? '').replace(/^\S+\/\d+ /, 'task ')}`),
    end: 'trace',
  },
  {
    begin: /^\[ BUG: (Invalid wait context) \]/,
    kind: 'lockdep',
    fatality: 'report',
    title: inFunction(match => `lockdep: ${(match[1] ?? '').toLowerCase()}`),
    end: 'trace',
  },
  {
    begin: /^(?:BUG|WARNING): .{1,40}\/\d{1,10} (still has locks held)!?/,
    kind: 'lockdep',
    fatality: 'report',
    title: inFunction(match => `lockdep: task ${match[1] ?? ''}`),
    end: 'trace',
  },
  {
    begin: /^INFO: (trying to register non-static key)/,
    kind: 'lockdep',
    fatality: 'report',
    title: inFunction(match => `lockdep: ${match[1] ?? ''}`),
    end: 'trace',
  },
  {
    begin:
      /^BUG: (MAX_LOCK\w{1,40} too low|MAX_STACK_TRACE_ENTRIES too low|key \S{1,40} has not been registered)/,
    kind: 'lockdep',
    fatality: 'report',
    title: parts => `lockdep: ${words(parts)}`,
    end: 'trace',
  },
  {
    // kernel/sched/core.c
    begin: /^BUG: (scheduling while atomic): /,
    kind: 'scheduling-while-atomic',
    fatality: 'report',
    title: inFunction('scheduling while atomic'),
    end: 'trace',
  },
  {
    begin: /^BUG: sleeping function called from invalid context at (\S{1,300})/,
    kind: 'sleeping-in-atomic',
    fatality: 'report',
    title: inFunction('sleeping function called from invalid context'),
    end: 'trace',
  },
  {
    // lib/smp_processor_id.c
    begin: /^BUG: using (\S{1,80}) in preemptible /,
    kind: 'preemption',
    fatality: 'report',
    title: inFunction(match => `using ${match[1] ?? ''} in preemptible code`),
    end: 'trace',
  },
  {
    // kernel/locking/spinlock_debug.c
    begin: /^BUG: (spinlock|rwlock|rwlock-read|rwlock-write) ([\w -]{1,40}?) on CPU#\d/,
    kind: 'spinlock',
    fatality: 'report',
    title: inFunction(match => `${match[1] ?? ''} ${match[2] ?? ''}`),
    end: 'trace',
  },
  {
    // kernel/watchdog.c
    begin: /^(?:watchdog: )?BUG: soft lockup - CPU#\d{1,4} stuck for \d{1,6}s! \[/,
    kind: 'soft-lockup',
    fatality: 'machine',
    title: inFunction('soft lockup'),
    end: 'trace',
  },
  {
    // kernel/watchdog_hld.c, kernel/watchdog.c
    begin: /^(?:NMI )?(?:watchdog: )?(?:CPU\s?\d{1,4}: )?Watchdog detected hard LOCKUP on cpu \d/,
    kind: 'hard-lockup',
    fatality: 'machine',
    title: inFunction('hard lockup'),
    end: 'trace',
  },
  {
    // kernel/rcu/tree_stall.h
    begin: /^(?:rcu: )?INFO: (rcu_\w{1,40}) (?:self-)?detected (expedited )?stalls? on CPU/,
    kind: 'rcu-stall',
    fatality: 'machine',
    title: inFunction('RCU stall'),
    end: 'trace',
    contains: /^NMI backtrace for cpu /,
    trailer: /^(?:rcu: |\t|Sending NMI from CPU |task:rcu_)/,
    reopens:
      /^rcu: (?:RCU grace-period kthread stack dump|Stack dump where RCU GP kthread last ran):/,
  },
  {
    // kernel/rcu/tasks.h
    begin: /^(?:rcu: )?INFO: (rcu_tasks\w{0,20}) detected stalls on tasks:/,
    kind: 'rcu-stall',
    fatality: 'report',
    title: inFunction('RCU tasks stall'),
    end: 'trace',
  },
  {
    // kernel/hung_task.c
    begin: /^INFO: task .{1,40}:\d{1,10} (?:blocked|is blocked) (?:for more than \d|in I\/O wait)/,
    kind: 'hung-task',
    fatality: 'report',
    title: inFunction('task hung'),
    end: 'trace',
  },
  {
    // kernel/workqueue.c
    begin: /^BUG: workqueue leaked /,
    kind: 'workqueue-leak',
    fatality: 'report',
    title: inFunction('workqueue leaked lock or atomic'),
    end: 'trace',
  },
  {
    begin: /^BUG: (workqueue lockup) - pool/,
    kind: 'workqueue-lockup',
    fatality: 'report',
    title: words,
    end: 'line',
  },
  {
    // mm/page_alloc.c, mm/memory.c
    begin: /^BUG: (Bad page (?:state|map|cache)) in process /,
    kind: 'bad-page',
    fatality: 'report',
    title: inFunction(match => match[1] ?? ''),
    end: 'trace',
  },
  {
    // kernel/fork.c
    begin: /^BUG: (Bad rss-counter state|non-zero pgtables_bytes on freeing mm)/,
    kind: 'bad-page',
    fatality: 'report',
    title: words,
    end: 'line',
  },
  {
    // mm/slub.c
    begin: /^BUG (\S{1,80}) \((?:Not tainted|Tainted: .{0,40})\): (.{1,120})/,
    kind: 'slub',
    fatality: 'report',
    title: ({ match }) => {
      const [, cache = '', what = ''] = match
      return `slub: ${what}${what.includes(cache) ? '' : ` in ${cache}`}`
    },
    end: 'trace',
    // Since 6.12 slab_err() prints no stack of its own, but warns.
    contains:
      /^(?:-{6,}\[ cut here |WARNING: (?:CPU: \d{1,4} PID: \d{1,10} at )?mm\/slub\.c:\d{1,7} (?:at )?_*slab_err)/,
    trailer: /^(?:FIX |Disabling lock debugging|Object 0x)/,
  },
  {
    // mm/page_poison.c
    begin: /^pagealloc: (memory corruption|single bit error)/,
    kind: 'page-poison',
    fatality: 'report',
    title: inFunction(match => `page poison: ${match[1] ?? ''}`),
    end: 'trace',
  },
  {
    // arch/x86/kernel/traps.c, arch/x86/mm/fault.c
    begin: /^BUG: (?:.{1,20} )?stack guard page was hit at /,
    kind: 'stack-overflow',
    fatality: 'task',
    title: inFunction('kernel stack overflow'),
    end: 'marker',
    contains: /^(?:kernel stack overflow|Oops: |stack guard page: )/,
    trailer: registers,
  },
  {
    begin: /^BUG: (?:unable to handle )?(?:kernel )?NULL pointer dereference/,
    kind: 'oops',
    fatality: 'task',
    title: inFunction('kernel NULL pointer dereference'),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    begin: /^BUG: unable to handle (?:kernel paging request|page fault)/,
    kind: 'oops',
    fatality: 'task',
    title: inFunction('unable to handle page fault'),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    // arch/arm64/mm/fault.c
    begin: /^Unable to handle kernel (NULL pointer dereference|.{1,60}?) at virtual address/,
    kind: 'oops',
    fatality: 'task',
    title: inFunction(match =>
      match[1] === 'NULL pointer dereference'
        ? 'kernel NULL pointer dereference'
        : 'unable to handle page fault',
    ),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    begin: /^(?:Oops: )?general protection(?: fault)?[,:]/,
    kind: 'gpf',
    fatality: 'task',
    title: inFunction('general protection fault'),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    // include/asm-generic/bug.h, lib/bug.c
    begin: /^kernel BUG at (\S{1,300}):(\d{1,7})!/,
    kind: 'bug',
    fatality: 'task',
    title: inFunction('kernel BUG'),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    begin:
      /^(?:Oops: )?(divide error|invalid opcode|stack segment|int3|double fault|alignment check|segment not present|bounds|control protection fault|unhandled missing ENDBR)[,:] /,
    kind: 'oops',
    fatality: 'task',
    title: inFunction(match => match[1] ?? ''),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    // arch/*/kernel/dumpstack.c, die(): any name, such as `Bad pagetable` before 6.10
    begin:
      /^(?:(?:Oops|Internal error)(?:: | - )|(?:[A-Za-z][\w -]{1,40}): [0-9a-f]{4,16} \[#\d+\])/,
    kind: 'oops',
    fatality: 'task',
    title: inFunction('oops'),
    end: 'marker',
    contains: oopsHead,
    trailer: registers,
  },
  {
    // kernel/panic.c
    begin: /^Kernel panic - not syncing: ?(.{0,300})/,
    kind: 'panic',
    fatality: 'machine',
    title: ({ match, where }) => {
      const reason = stripNumbers(match[1] ?? '').replace(/ in: .*$| exitcode=.*$/, '')
      return `kernel panic: ${reason}${where === undefined ? '' : ` in ${where}`}`
    },
    end: /^(?:---\[ end Kernel panic|Rebooting in )/,
    contains: /^(?:---\[ end trace|Kernel Offset: )/,
  },
  {
    // kernel/panic.c: before and since 6.19
    begin:
      /^WARNING: (?:CPU: \d{1,4} PID: \d{1,10} at (?:(\S{1,300}):(\d{1,7}) )?|(?:\[.{1,200}\] )?(?:(\S{1,300}):(\d{1,7}) )?at (?=.{1,300}, CPU#))(?=\S)/,
    kind: 'warning',
    fatality: 'report',
    title: inFunction('WARNING'),
    end: 'marker',
    // kernel/dma/debug.c prints the mapping's stack after the marker.
    trailer: /^(?:DMA-API: )?Mapped at:|^ {1,2}[A-Za-z_][\w.]{0,100}\+0x[0-9a-f]{1,8}\//,
  },
  {
    // mm/oom_kill.c
    begin: /^.{1,40} invoked oom-killer: /,
    kind: 'out-of-memory',
    fatality: 'task',
    title: () => 'out of memory',
    end: /^(?:Out of memory: |Memory cgroup out of memory: |Out of memory and no killable|oom_reaper: )/,
  },
  {
    // mm/kmemleak.c
    begin: /^kmemleak: \d{1,9} new suspected memory leaks/,
    kind: 'kmemleak',
    fatality: 'report',
    title: () => 'kmemleak: new suspected memory leaks',
    end: 'line',
  },
  {
    begin:
      /^kmemleak: ((?:Found object by alias|Freeing unknown object|Partially freeing unknown object|Trying to color unknown object|Scan area larger than object|Not scanning unknown object|Cannot insert)\b)/,
    kind: 'kmemleak',
    fatality: 'report',
    title: inFunction(match => `kmemleak: ${(match[1] ?? '').toLowerCase()}`),
    end: 'trace',
    trailer: /^kmemleak: {1,4}|^kmemleak: Object 0x|^ [A-Za-z_][\w.]{0,100}\+0x[0-9a-f]{1,8}\//,
  },
  {
    // fs/sysfs/dir.c
    begin: /^sysfs: (cannot create duplicate filename '.{1,200}')/,
    kind: 'sysfs',
    fatality: 'report',
    title: parts => `sysfs: ${words(parts)}`,
    end: 'trace',
  },
  {
    begin: /^(?:kobject: )?(kobject_add_internal failed for .{1,80}? with -EEXIST)/,
    kind: 'sysfs',
    fatality: 'report',
    title: words,
    end: 'line',
  },
  {
    // lib/kobject.c, kobject_init(): a stack without a WARN()
    begin: /^kobject \(\S{1,20}\): (tried to init an initialized object)/,
    kind: 'warning',
    fatality: 'report',
    title: inFunction('kobject: tried to init an initialized object'),
    end: 'trace',
  },
  {
    // kernel/dma/debug.c: from here on nothing is checked
    begin: /^DMA-API: (debugging out of memory - disabling)/,
    kind: 'dma-api',
    fatality: 'report',
    title: parts => `DMA-API: ${words(parts)}`,
    end: 'line',
  },
  {
    // fs/super.c
    begin: /^VFS: (Busy inodes after unmount) of /,
    kind: 'vfs',
    fatality: 'report',
    title: parts => `VFS: ${words(parts)}`,
    end: 'line',
  },
  {
    // lib/nmi_backtrace.c
    begin: /^NMI backtrace for cpu \d{1,4}$/,
    kind: 'nmi-backtrace',
    fatality: 'report',
    title: inFunction('NMI backtrace'),
    end: 'trace',
  },
  {
    // Any other BUG line.
    begin: /^BUG: (\S.{0,200})/,
    kind: 'bug',
    fatality: 'report',
    title: ({ match, where }) =>
      `BUG: ${withoutCounts(stripNumbers(match[1] ?? ''))}${where === undefined ? '' : ` in ${where}`}`,
    end: 'trace',
  },
]

/** Drivers may print this too: its numbers may identify one of many, and 0 is one of them. */
const withoutCounts = (text: string): string => text.replace(/(?<![\w.])0(?![\w.])/g, 'N')

function stripNumbers(text: string): string {
  return text.replace(/\b(?:0x)?[0-9a-f]{8,16}\b/g, 'ADDR')
}
