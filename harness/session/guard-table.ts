import type { FindingReport } from '../contract/events.js'
import type { FindingKind } from '../verdict/index.js'

export type Report = Pick<FindingReport, 'kind' | 'title'>

/** A check of the kernel that limits its reports, or turns itself off. */
export interface Guard {
  readonly name: string
  readonly file: string
  /** Matches its file's text while it reports; absent where only writing `arm` shows that. */
  readonly armed?: RegExp
  /** Text that arms it again when written to the file; absent if only a fresh machine helps. */
  readonly arm?: string
  /** Kinds of reports that turn it off, or use up its limit. */
  readonly offBy?: readonly FindingKind[]
  /** Limits `offBy` to reports with such a title. */
  readonly offByTitle?: RegExp
}

const DEBUG = '/sys/kernel/debug'
const faultAttribute = (name: string): Guard => ({
  name: `fault injection (${name})`,
  file: `${DEBUG}/${name}/times`,
  armed: /^(?!0\s*$)/,
  arm: '1',
})

/** mm/ */
const OF_BROKEN_MEMORY: readonly FindingKind[] = ['kasan', 'kmsan', 'bad-page', 'slub']
/** die() */
const OF_A_DEATH: readonly FindingKind[] = ['oops', 'gpf', 'bug', 'stack-overflow', 'usercopy']

/** Kinds that WARN() may print. */
const WARNED: readonly FindingKind[] = [
  'warning',
  'refcount',
  'debug-objects',
  'dma-api',
  'list-corruption',
  'sysfs',
  'slub',
]

/** Those that a kernel does not have are skipped. */
export const GUARDS: readonly Guard[] = [
  {
    name: 'lockdep',
    file: '/proc/lockdep_stats',
    armed: /^ debug_locks: +1$/m,
    // debug_locks_off(), and add_taint(…, LOCKDEP_NOW_UNRELIABLE)
    offBy: ['lockdep', 'spinlock', ...OF_BROKEN_MEMORY, ...OF_A_DEATH],
    // lockdep_rcu_suspicious() leaves it on
    offByTitle: /^(?!lockdep: suspicious RCU usage)/,
  },
  {
    // kernel/dma/debug.c: off for good when out of memory for its entries
    name: 'DMA-API debugging',
    file: `${DEBUG}/dma-api/disabled`,
    armed: /^N\s*$/,
    offBy: ['dma-api'],
    offByTitle: /out of memory/,
  },
  {
    // kernel/dma/debug.c: reports one error by default; a known one must not hide the next
    name: 'DMA-API errors',
    file: `${DEBUG}/dma-api/num_errors`,
    armed: /^20\s*$/,
    arm: '20',
    offBy: ['dma-api'],
  },
  {
    // mm/kmemleak.c: refuses commands once it is off; scan=off is a no-op otherwise
    name: 'kmemleak',
    file: `${DEBUG}/kmemleak`,
    arm: 'scan=off',
    offBy: ['kmemleak'],
    offByTitle: /cannot insert/,
  },
  {
    // lib/debugobjects.c: reports five times, and frees all its objects when out of memory
    name: 'debug-objects',
    file: `${DEBUG}/debug_objects/stats`,
    armed: /^warnings *: *0$(?![^]*^pool_used *: *0$)/m,
    offBy: ['debug-objects'],
  },
  {
    // kernel/hung_task.c
    name: 'hung tasks',
    file: '/proc/sys/kernel/hung_task_warnings',
    armed: /^10\s*$/,
    arm: '10',
    offBy: ['hung-task'],
  },
  {
    name: 'RCU stalls',
    file: '/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress',
    armed: /^0\s*$/,
    arm: '0',
  },
  {
    // kernel/panic.c: re-arms each WARN_ONCE() and WARN_ON_ONCE() of the kernel; not readable
    name: 'WARN_ONCE',
    file: `${DEBUG}/clear_warn_once`,
    arm: '1',
    offBy: WARNED,
  },
  // lib/fault-inject.c: faults that fail-nth injects count, too
  ...['failslab', 'fail_page_alloc', 'fail_usercopy'].map(faultAttribute),
]

/** Whether one of these reports turned it off. */
export const isOffBy = ({ offBy, offByTitle }: Guard, reports: readonly Report[]): boolean =>
  reports.some(
    ({ kind, title }) => offBy?.some(one => one === kind) && (offByTitle?.test(title) ?? true),
  )

/** Names of the guards in `off` that these reports turned off. */
export const turnedOffBy = (reports: readonly Report[], off: readonly string[]): string[] =>
  off.filter(name => GUARDS.some(guard => guard.name === name && isOffBy(guard, reports)))

/**
 * Kinds that a guard above covers, or that have no limit: some the harness looks for itself.
 * Others may be reported only once: KASAN its first error, UBSAN each source line, RCU each of its
 * checks; a sleep in atomic context, one a second.
 */
const REPEATED: ReadonlySet<string> = new Set<FindingKind>([
  'dma-api',
  'hung-task',
  'kcsan',
  'kmemleak',
  'list-corruption',
  'nmi-backtrace',
  'outliving',
  'page-owner',
  'rcu-stall',
  'refcount',
  'soft-lockup',
  'unknown-parameter',
  'warning',
])

/** Whether the kernel may not report another of them on this machine. */
export const reportsOnlyOnce = (report: Pick<FindingReport, 'kind' | 'trace'>): boolean =>
  !REPEATED.has(report.kind) || isWarningOfModule(report)

/** clear_warn_once does not reset a module's WARN_ONCE(). */
function isWarningOfModule({ kind, trace }: Pick<FindingReport, 'kind' | 'trace'>): boolean {
  const place = trace.find(line => 'function' in line)
  return WARNED.some(one => one === kind) && place?.module !== undefined
}
