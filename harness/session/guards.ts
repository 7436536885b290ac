import type { FindingReport } from '../contract/events.js'
import type { Guest } from '../guest/index.js'
import type { LogRecord } from '../contract/log-record.js'
import type { FindingKind } from '../verdict/index.js'

/** What guards are read and set by. */
export type GuardedGuest = Pick<Guest, 'readFile' | 'writeFile'> & {
  readonly log: Pick<Guest['log'], 'since' | 'oldest' | 'last'>
}

type Report = Pick<FindingReport, 'kind' | 'title'>

/** A check of the kernel that reports only so often, or turns itself off. */
interface Guard {
  readonly name: string
  readonly file: string
  /** Whether it still reports, by its file's text; absent where writing `arm` tells. */
  readonly isArmed?: (text: string) => boolean
  /** Written into the file to arm it again; absent where only a fresh machine does. */
  readonly arm?: string
  /** Kinds of reports that turn it off, or use up what it may report. */
  readonly offBy?: readonly FindingKind[]
  /** Of those kinds, only reports of such a title. */
  readonly offByTitle?: RegExp
}

const DEBUG = '/sys/kernel/debug'
/** Of a file with one value. */
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

/** Those that a kernel does not have are left out. */
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
    // kernel/dma/debug.c: off for good when it has no memory for its entries
    name: 'DMA-API debugging',
    file: `${DEBUG}/dma-api/disabled`,
    isArmed: is('N'),
    offBy: ['dma-api'],
    offByTitle: /out of memory/,
  },
  {
    // kernel/dma/debug.c: one by default; with more, a known one hides none that follows
    name: 'DMA-API errors',
    file: `${DEBUG}/dma-api/num_errors`,
    isArmed: is('20'),
    arm: '20',
    offBy: ['dma-api'],
  },
  {
    // mm/kmemleak.c: it takes no command any more when it is off; its thread is off already
    name: 'kmemleak',
    file: `${DEBUG}/kmemleak`,
    arm: 'scan=off',
    offBy: ['kmemleak'],
    offByTitle: /cannot insert/,
  },
  {
    // lib/debugobjects.c: reports five times, and lets all its objects go when it has no memory
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
    // kernel/panic.c: each WARN_ONCE() of the kernel, and each WARN_ON_ONCE(); it cannot be read
    name: 'WARN_ONCE',
    file: `${DEBUG}/clear_warn_once`,
    arm: '1',
    offBy: ['warning', 'refcount', 'debug-objects', 'dma-api', 'list-corruption', 'sysfs', 'slub'],
  },
  // lib/fault-inject.c: each fault that fail-nth makes is counted as well
  ...['failslab', 'fail_page_alloc', 'fail_usercopy'].map(faultAttribute),
]

const isOffBy = ({ offBy, offByTitle }: Guard, reports: readonly Report[]): boolean =>
  reports.some(
    ({ kind, title }) => offBy?.some(one => one === kind) && (offByTitle?.test(title) ?? true),
  )

/** Of guards that are off, by name, those that these reports turned off. */
export const turnedOffBy = (reports: readonly Report[], off: readonly string[]): string[] =>
  off.filter(name => GUARDS.some(guard => guard.name === name && isOffBy(guard, reports)))

/**
 * Kinds whose limit a guard above tells or lifts, or that have none. Any other may be reported once only: KASAN its first
 * error, UBSAN each place of the source, RCU each of its checks, a sleep in atomic context one a second.
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

/** The headline of a WARN() in a module's code: clear_warn_once does not reach the state of a module's WARN_ONCE(). */
const OF_A_MODULE = /^WARNING: [^\n]*\+0x[0-9a-f]+\/0x[0-9a-f]+ \[\w+\]/m

/** Whether its check may not report another of them on the same machine. */
export const mayComeOnce = ({ kind, text }: Pick<FindingReport, 'kind' | 'text'>): boolean =>
  !REPEATED.has(kind) || OF_A_MODULE.test(text)

/** syslog's level: whatever turns itself off warns of it, or says that it is off. */
const WARNING = 4
const SAYS_OFF = /disabl|turning off/i

/** The checks of one machine's kernel that do not stay on by themselves. */
export class Guards {
  readonly #guest: GuardedGuest
  readonly #absent = new Set<Guard>()
  /** What known findings at the modules' load left off: it would be so on every machine. */
  readonly #unguarded = new Set<string>()
  /** Sequence number of the newest record when they were found armed; undefined before. */
  #armedAt: number | undefined
  #spent: string | undefined
  #arming: Promise<unknown> | undefined

  constructor(guest: GuardedGuest) {
    this.#guest = guest
  }

  /** Why they cannot be trusted any more on this machine. */
  get spent(): string | undefined {
    return this.#spent
  }

  /** Whether they were never looked at on this machine. */
  get areNew(): boolean {
    return this.#armedAt === undefined && this.#spent === undefined
  }

  /** Checks that known findings of the modules' load left off, on every machine. */
  get unguarded(): readonly string[] {
    return [...this.#unguarded]
  }

  /**
   * Arms what has gone off, where that can be done. The log must have been read to its end; where the
   * kernel has not complained since the last time, nothing has gone off, and the guest is not asked.
   *
   * @param known known findings of the modules' load: what they leave off is `unguarded` from now on
   * @returns names of those that are off, and not `unguarded`
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

  /** Arms at once, while a test runs, what this report has used up. */
  armAfter(report: Report): void {
    const spent = GUARDS.filter(guard => isOffBy(guard, [report]) && !this.#absent.has(guard))
    const work = spent.flatMap(({ file, arm }) =>
      arm === undefined ? [] : [this.#guest.writeFile(file, arm)],
    )
    // What cannot be armed is found off when the test has ended.
    if (work.length > 0) this.#arming = Promise.allSettled([this.#arming, ...work])
  }

  /** Notes what was reported: of its kind nothing more may be. */
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

  /** Undefined where the kernel has none. */
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
