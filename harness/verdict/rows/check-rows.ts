import { alone, oops, oopsHead, titleOf, type SplatRow } from './splat-row.js'

const HELD_LOCK = /^ {0,2}#\d{1,3}: .{1,300}, at: /

const trapAfterReason = new RegExp(`${oopsHead.source}|^WARNING: CPU: `)

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/**
 * Reports of the kernel's checks (sanitizers, locks, watchdogs, memory), 5.10 to 7.x, specific rows
 * first. Comments name the kernel source file that prints the text.
 */
export const checkRows: readonly SplatRow[] = [
  // mm/kasan/report.c
  {
    begin: /^BUG: KASAN: (.{1,80}?) in (?=\S)/,
    kind: 'kasan',
    title: ({ match, where, access }) =>
      [
        `KASAN: ${match[1] ?? ''}`,
        ...(access === undefined || access.type === 'free' ? [] : [capital(access.type)]),
        ...(where === undefined ? [] : [`in ${where}`]),
      ].join(' '),
    end: 'rule',
  },
  // mm/kfence/report.c
  {
    begin: /^BUG: KFENCE: (.{1,80}?)(?: in (?=\S)|$)/,
    kind: 'kfence',
    title: 'KFENCE: $1',
    end: 'rule',
  },
  // kernel/kcsan/report.c
  {
    begin: /^BUG: KCSAN: (.{1,40}?) in (\S{1,200})(?: \/ (\S{1,200}))?/,
    kind: 'kcsan',
    title: ({ match }) =>
      `KCSAN: ${match[1] ?? ''} in ${[match[2], match[3]].filter(name => name !== undefined).join(' / ')}`,
    end: 'rule',
  },
  // mm/kmsan/report.c
  {
    begin: /^BUG: KMSAN: (.{1,80}?) in (?=\S)/,
    kind: 'kmsan',
    title: 'KMSAN: $1',
    end: 'rule',
    isBeforeStack: true,
  },
  // arch/x86/kernel/traps.c, kernel/cfi.c: reason of the next oops (CONFIG_UBSAN_TRAP) or WARN
  {
    ...oops(/^(?:traps: )?(UBSAN: .{1,60}?|CFI failure) at (?=\S)/, '$1'),
    contains: trapAfterReason,
  },
  // lib/ubsan.c; ends with a rule before 6.10, with a marker since
  {
    begin: /^UBSAN: (.{1,60}?) in (\S{1,300})/,
    kind: 'ubsan',
    title: 'UBSAN: $1',
    end: /^(?:={20,}|---\[ end trace )/,
  },
  // kernel/locking/lockdep.c, lockdep_sys_exit(): no trace, but the place of each held lock
  {
    begin: /^(?:BUG|WARNING): (lock held when returning to user space)!?/,
    kind: 'lockdep',
    title: 'lockdep: $1',
    end: HELD_LOCK,
    trailer: HELD_LOCK,
  },
  // kernel/locking/lockdep.c, kernel/rcu/update.c
  {
    begin:
      /^WARNING: (possible circular locking dependency detected|possible recursive locking detected|inconsistent lock state|possible irq lock inversion dependency detected|[\w-]{1,40} -> [\w-]{1,40} lock order detected|bad unlock balance detected|bad contention detected|held lock freed|Nested lock was not taken|suspicious RCU usage|Deadlock\b.{0,80}|chain cycle detected|nested lock was not taken|\S{1,40} still has locks held)/,
    kind: 'lockdep',
    title: parts => titleOf('lockdep: $1', parts).replace(/(?<=: )\S+\/\d+ /, 'task '),
  },
  {
    begin: /^\[ BUG: Invalid wait context \]/,
    kind: 'lockdep',
    title: 'lockdep: invalid wait context',
  },
  {
    begin: /^(?:BUG|WARNING): .{1,40}\/\d{1,10} (still has locks held)!?/,
    kind: 'lockdep',
    title: 'lockdep: task $1',
  },
  { begin: /^INFO: (trying to register non-static key)/, kind: 'lockdep', title: 'lockdep: $1' },
  {
    begin:
      /^BUG: (MAX_LOCK\w{1,40} too low|MAX_STACK_TRACE_ENTRIES too low|key \S{1,40} has not been registered)/,
    kind: 'lockdep',
    title: alone('lockdep: $1'),
  },
  // kernel/sched/core.c
  {
    begin: /^BUG: (scheduling while atomic): /,
    kind: 'scheduling-while-atomic',
    title: 'scheduling while atomic',
  },
  {
    begin: /^BUG: sleeping function called from invalid context at (\S{1,300})/,
    kind: 'sleeping-in-atomic',
    title: 'sleeping function called from invalid context',
  },
  // lib/smp_processor_id.c
  {
    begin: /^BUG: using (\S{1,80}) in preemptible /,
    kind: 'preemption',
    title: 'using $1 in preemptible code',
  },
  // kernel/locking/spinlock_debug.c
  {
    begin: /^BUG: (spinlock|rwlock|rwlock-read|rwlock-write) ([\w -]{1,40}?) on CPU#\d/,
    kind: 'spinlock',
    title: '$1 $2',
  },
  // kernel/watchdog.c
  {
    begin: /^(?:watchdog: )?BUG: soft lockup - CPU#\d{1,4} stuck for \d{1,6}s! \[/,
    kind: 'soft-lockup',
    fatality: 'machine',
    title: 'soft lockup',
  },
  // kernel/watchdog_hld.c, kernel/watchdog.c
  {
    begin: /^(?:NMI )?(?:watchdog: )?(?:CPU\s?\d{1,4}: )?Watchdog detected hard LOCKUP on cpu \d/,
    kind: 'hard-lockup',
    fatality: 'machine',
    title: 'hard lockup',
  },
  // kernel/rcu/tree_stall.h
  {
    begin: /^(?:rcu: )?INFO: (rcu_\w{1,40}) (?:self-)?detected (expedited )?stalls? on CPU/,
    kind: 'rcu-stall',
    fatality: 'machine',
    title: 'RCU stall',
    contains: /^NMI backtrace for cpu /,
    trailer: /^(?:rcu: |\t|Sending NMI from CPU |task:rcu_)/,
    reopens:
      /^rcu: (?:RCU grace-period kthread stack dump|Stack dump where RCU GP kthread last ran):/,
  },
  // kernel/rcu/tasks.h
  {
    begin: /^(?:rcu: )?INFO: (rcu_tasks\w{0,20}) detected stalls on tasks:/,
    kind: 'rcu-stall',
    title: 'RCU tasks stall',
  },
  // kernel/hung_task.c
  {
    begin: /^INFO: task .{1,40}:\d{1,10} (?:blocked|is blocked) (?:for more than \d|in I\/O wait)/,
    kind: 'hung-task',
    title: 'task hung',
  },
  // kernel/workqueue.c
  {
    begin: /^BUG: workqueue leaked /,
    kind: 'workqueue-leak',
    title: 'workqueue leaked lock or atomic',
  },
  {
    begin: /^BUG: (workqueue lockup) - pool/,
    kind: 'workqueue-lockup',
    title: '$1',
    end: 'line',
    trailer:
      /^(?:Showing busy workqueues|workqueue \S|  pwq \d| {4}(?:in-flight|pending|inactive): )/,
  },
  // mm/page_alloc.c, mm/memory.c
  { begin: /^BUG: (Bad page (?:state|map|cache)) in process /, kind: 'bad-page', title: '$1' },
  // kernel/fork.c
  {
    begin: /^BUG: (Bad rss-counter state|non-zero pgtables_bytes on freeing mm)/,
    kind: 'bad-page',
    title: alone('$1'),
    end: 'line',
  },
  // mm/slub.c
  {
    begin: /^BUG (\S{1,80}) \((?:Not tainted|Tainted: .{0,40})\): (.{1,120})/,
    kind: 'slub',
    title: ({ match }) => {
      const [, cache = '', what = ''] = match
      return `slub: ${what}${what.includes(cache) ? '' : ` in ${cache}`}`
    },
    // Since 6.12 slab_err() prints no stack of its own, but warns.
    contains:
      /^(?:-{6,}\[ cut here |WARNING: (?:CPU: \d{1,4} PID: \d{1,10} at )?mm\/slub\.c:\d{1,7} (?:at )?_*slab_err)/,
    trailer: /^(?:FIX |Disabling lock debugging|Object 0x)/,
  },
  // mm/page_poison.c
  {
    begin: /^pagealloc: (memory corruption|single bit error)/,
    kind: 'page-poison',
    title: 'page poison: $1',
  },
]
