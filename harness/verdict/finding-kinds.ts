/** Kinds of kernel reports; the rows of texts in `rows/` map to them. */
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
  'list-corruption',
  'lockdep',
  'nmi-backtrace',
  'oops',
  'out-of-memory',
  'outliving',
  'page-owner',
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

const STALLS: ReadonlySet<string> = new Set<FindingKind>([
  'soft-lockup',
  'hard-lockup',
  'rcu-stall',
  'hung-task',
])

/** True for findings of the kernel's watchdogs, which depend on clocks. */
export const isStall = (kind = ''): boolean => STALLS.has(kind)

/** The same, and the NMI backtraces that they request. */
export const isOfWatchdogs = (kind: string): boolean => isStall(kind) || kind === 'nmi-backtrace'
