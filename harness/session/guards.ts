import type { FindingReport } from '../contract/events.js'
import type { Guest } from '../guest/index.js'
import type { LogRecord } from '../contract/log-record.js'
import type { FindingKind } from '../verdict/index.js'

/** The part of a guest that guards use. */
export type GuardedGuest = Pick<Guest, 'readFile' | 'writeFile'> & {
  readonly log: Pick<Guest['log'], 'since' | 'oldest' | 'last'>
}

type Report = Pick<FindingReport, 'kind' | 'title'>

/** A check of the kernel that limits its reports, or turns itself off. */
interface Guard {
  readonly name: string
  readonly file: string
  /** Whether it still reports, by its file's text; absent where only writing `arm` shows that. */
  readonly isArmed?: (text: string) => boolean
  /** Text that arms it again when written to the file; absent if only a fresh machine helps. */
  readonly arm?: string
  /** Kinds of reports that turn it off, or use up its limit. */
  readonly offBy?: readonly FindingKind[]
  /** Limits `offBy` to reports with such a title. */
  readonly offByTitle?: RegExp
}

const DEBUG = '/sys/kernel/debug'
const is =
  (value: string) =>
  (text: string): boolean =>
    text.trim() === value
const isNot =
  (value: string) =>
  (text: string): boolean =>
    text.trim() !== value
const faultAttribute = (name: string): Guard => ({
  name: `fault injection (${name})`,
  file: `${DEBUG}/${name}/times`,
  isArmed: isNot('0'),
  arm: '1',
})

/** Those that a kernel does not have are skipped. */
const GUARDS: readonly Guard[] = [
  {
    name: 'lockdep',
    file: '/proc/lockdep_stats',
    isArmed: text => /^ debug_locks: +1$/m.test(text),
    // debug_locks_off(), and add_taint(…, LOCKDEP_NOW_UNRELIABLE): mm/, die()
    offBy: [
      'lockdep',
      'spinlock',
      'kasan',
      'kmsan',
      'bad-page',
      'slub',
      'oops',
      'gpf',
      'bug',
      'stack-overflow',
      'usercopy',
    ],
    // lockdep_rcu_suspicious() leaves it on
    offByTitle: /^(?!lockdep: suspicious RCU usage)/,
  },
  {
    // kernel/dma/debug.c: off for good when out of memory for its entries
    name: 'DMA-API debugging',
    file: `${DEBUG}/dma-api/disabled`,
    isArmed: is('N'),
    offBy: ['dma-api'],
    offByTitle: /out of memory/,
  },
  {
    // kernel/dma/debug.c: reports one error by default; a known one must not hide the next
    name: 'DMA-API errors',
    file: `${DEBUG}/dma-api/num_errors`,
    isArmed: is('20'),
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
    isArmed: text => /^warnings *: *0$/m.test(text) && !/^pool_used *: *0$/m.test(text),
    offBy: ['debug-objects'],
  },
  {
    // kernel/hung_task.c
    name: 'hung tasks',
    file: '/proc/sys/kernel/hung_task_warnings',
    isArmed: is('10'),
    arm: '10',
    offBy: ['hung-task'],
  },
  {
    name: 'RCU stalls',
    file: '/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress',
    isArmed: is('0'),
    arm: '0',
  },
  {
    // kernel/panic.c: re-arms each WARN_ONCE() and WARN_ON_ONCE() of the kernel; not readable
    name: 'WARN_ONCE',
    file: `${DEBUG}/clear_warn_once`,
    arm: '1',
    offBy: ['warning', 'refcount', 'debug-objects', 'dma-api', 'list-corruption', 'sysfs', 'slub'],
  },
  // lib/fault-inject.c: faults that fail-nth injects count, too
  ...['failslab', 'fail_page_alloc', 'fail_usercopy'].map(faultAttribute),
]

const isOffBy = ({ offBy, offByTitle }: Guard, reports: readonly Report[]): boolean =>
  reports.some(
    ({ kind, title }) => offBy?.some(one => one === kind) && (offByTitle?.test(title) ?? true),
  )

/** Names of the guards in `off` that these reports turned off. */
export const turnedOffBy = (reports: readonly Report[], off: readonly string[]): string[] =>
  off.filter(name => GUARDS.some(guard => guard.name === name && isOffBy(guard, reports)))

/**
 * Kinds that a guard above covers, or that have no limit. Others may be reported only once: KASAN
 * its
 * first error, UBSAN each source line, RCU each of its checks; a sleep in atomic context, one a
 * second.
 */
const REPEATED: ReadonlySet<string> = new Set([
  'dma-api',
  'hung-task',
  'kcsan',
  'kmemleak',
  'list-corruption',
  'nmi-backtrace',
  'rcu-stall',
  'refcount',
  'soft-lockup',
  'unknown-parameter',
  'warning',
])

/** The headline of a WARN() in a module: clear_warn_once does not reset a module's WARN_ONCE(). */
const OF_A_MODULE = /^WARNING: [^\n]*\+0x[0-9a-f]+\/0x[0-9a-f]+ \[\w+\]/m

/** Whether the kernel may not report another of them on this machine. */
export const mayComeOnce = ({ kind, text }: Pick<FindingReport, 'kind' | 'text'>): boolean =>
  !REPEATED.has(kind) || OF_A_MODULE.test(text)

/** syslog's level: a check that turns itself off logs a warning, or that it is off. */
const WARNING = 4
const SAYS_OFF = /disabl|turning off/i

/** The checks of one machine's kernel that may turn themselves off. */
export class Guards {
  readonly #guest: GuardedGuest
  readonly #absent = new Set<Guard>()
  /** Checks that known findings turned off while modules loaded; the same on every machine. */
  readonly #unguarded = new Set<string>()
  /** Sequence number of the newest record when they were last found armed. */
  #armedAt: number | undefined
  #spent: string | undefined
  #arming: Promise<unknown> | undefined

  constructor(guest: GuardedGuest) {
    this.#guest = guest
  }

  /** Why this machine's checks cannot be trusted any more. */
  get spent(): string | undefined {
    return this.#spent
  }

  /** True before the first check on this machine. */
  get areNew(): boolean {
    return this.#armedAt === undefined && this.#spent === undefined
  }

  get unguarded(): readonly string[] {
    return [...this.#unguarded]
  }

  /**
   * Arms the guards that are off, where possible. The log must have been read to its end: if the
   * kernel
   * logged no complaint since the last time, nothing turned off, and the guest is not asked.
   *
   * @param known known findings of the modules' load: guards that they turned off are `unguarded`
   * @returns names of guards that stay off and are not `unguarded`
   */
  async rearm(known: readonly FindingReport[] = []): Promise<readonly string[]> {
    for (const each of known) if (mayComeOnce(each)) this.#unguarded.add(each.kind)
    await this.#arming
    if (this.#armedAt !== undefined && this.#isQuietSince(this.#armedAt)) return []
    const { last } = this.#guest.log
    const here = GUARDS.filter(guard => !this.#absent.has(guard))
    const armed = await Promise.all(here.map(guard => this.#isArmed(guard)))
    const off = here.filter((_, index) => armed[index] === false)
    for (const guard of off) if (isOffBy(guard, known)) this.#unguarded.add(guard.name)
    const names = off.map(({ name }) => name).filter(name => !this.#unguarded.has(name))
    if (names.length === 0) this.#armedAt = last
    else this.#spent ??= `${names.join(', ')}: off`
    return names
  }

  /** Arms at once, while a test runs, what this report has turned off. */
  armAfter(report: Report): void {
    const spent = GUARDS.filter(guard => isOffBy(guard, [report]) && !this.#absent.has(guard))
    const work = spent.flatMap(({ file, arm }) =>
      arm === undefined ? [] : [this.#guest.writeFile(file, arm)],
    )
    // A failure here shows when the test has ended: the guard is then found off.
    if (work.length > 0) this.#arming = Promise.allSettled([this.#arming, ...work])
  }

  /** Marks the machine as spent if the kernel may report one of these kinds only once. */
  note(findings: readonly Pick<FindingReport, 'kind' | 'title' | 'text'>[]): void {
    const last = findings.find(each => mayComeOnce(each) && !this.#unguarded.has(each.kind))
    if (last !== undefined) this.#spent ??= `${last.kind} may report only once: ${last.title}`
  }

  #isQuietSince(mark: number): boolean {
    const { log } = this.#guest
    const isComplaint = ({ facility, level, text }: LogRecord): boolean =>
      facility === 0 && (level <= WARNING || SAYS_OFF.test(text))
    return log.oldest <= mark + 1 && !log.since(mark).some(isComplaint)
  }

  /** Undefined where the kernel has no such check. */
  async #isArmed(guard: Guard): Promise<boolean | undefined> {
    const { file, isArmed, arm } = guard
    try {
      if (isArmed?.(await this.#guest.readFile(file)) === true) return true
      if (arm === undefined) return false
      await this.#guest.writeFile(file, arm)
      return isArmed?.(await this.#guest.readFile(file)) ?? true
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === 'EPERM') return false
      if (code !== 'ENOENT') throw error
      this.#absent.add(guard)
      return undefined
    }
  }
}
