import { alone, type SplatRow } from './splat-row.js'

/**
 * Kernel reports without a BUG or WARNING line, mostly without taint, 5.10 to 7.x. Messages
 * about a shortage, not a bug, are left out: `page allocation failure`, mismatched interrupt flags.
 * Later kernels print some of these in a WARN() with more text; there the WARN() is the headline.
 */
export const quietRows: readonly SplatRow[] = [
  // mm/slab_common.c, before 5.18; same title as the WARN() of later kernels
  {
    begin: /^kmem_cache_destroy \S{1,80}: Slab cache still has objects$/,
    kind: 'slub',
    title: 'slub: cache destroyed with objects in it',
  },
  // fs/open.c, before 6.6: one fput() too many
  { begin: /^VFS: (Close: file count is 0)$/, kind: 'vfs', title: alone('VFS: $1'), end: 'line' },
  // kernel/irq/spurious.c
  {
    begin: /^irq \d{1,10}: nobody cared/,
    kind: 'warning',
    title: alone('irq: nobody cared'),
    trailer: /^(?:handlers:|\[<[0-9a-f]+>\] |Disabling IRQ #)/,
  },
  // kernel/time/timer.c, then kernel/time/sleep_timeout.c
  {
    begin: /^schedule_timeout: wrong timeout value /,
    kind: 'warning',
    title: 'wrong timeout value',
  },
  // kernel/softirq.c
  {
    begin: /^(?:softirq: )?huh, entered softirq \d{1,3} (\w{1,20}) /,
    kind: 'preemption',
    title: alone('softirq $1 left another preempt count than it found'),
    end: 'line',
  },
  // net/core/dev.c
  {
    begin: /^unregister_netdevice: waiting for \S{1,20} to become free\. Usage count = /,
    kind: 'refcount',
    title: alone('refcount: unregister_netdevice waits for a device to become free'),
    end: 'line',
  },
  // lib/ref_tracker.c, before and since 6.5
  {
    begin:
      /^(?:ref_tracker: \S{1,100} has \d{1,10}\/\d{1,10} users at|(?:ref_tracker: )?leaked reference\.)$/,
    kind: 'refcount',
    title: 'ref_tracker: a reference leaked',
    isBeforeStack: true,
  },
  {
    begin: /^(?:ref_tracker: )?reference already released\.$/,
    kind: 'refcount',
    title: 'ref_tracker: a reference was released twice',
    end: 'marker',
    contains: /^(?:-{6,}\[ cut here|WARNING: )/,
  },
  // lib/debugobjects.c: from here on nothing is checked
  {
    begin: /^ODEBUG: (Out of memory\. ODEBUG disabled)/,
    kind: 'debug-objects',
    title: alone('ODEBUG: $1'),
    end: 'line',
  },
  // kernel/module/main.c, unknown_module_param_cb(): the module is loaded anyway
  {
    begin: /^(\S{1,60}): unknown parameter '(.{1,200})' ignored$/,
    kind: 'unknown-parameter',
    title: alone('insmod $1: the module has no parameter $2'),
    end: 'line',
  },
]
