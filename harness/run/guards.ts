import type { FindingReport } from '../events.js'
import type { Guest } from '../guest/index.js'
import type { LogRecord } from '../log-record.js'

/** What guards are read and set by. */
export type GuardedGuest = Pick<Guest, 'readFile' | 'writeFile'> & {
  readonly log: Pick<Guest['log'], 'since' | 'oldest' | 'last'>
}

/** A check of the kernel that reports only so often, or turns itself off. */
interface Guard {
  readonly name: string
  readonly file: string
  /** Whether it still reports, by its file's text; absent where writing `arm` tells. */
  readonly isArmed?: (text: string) => boolean
  /** Written into the file to arm it again; absent where only a fresh machine does. */
  readonly arm?: string
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
    // kernel/locking/lockdep_proc.c; a KASAN report, a bad page and an oops turn it off, too
    name: 'lockdep',
    file: '/proc/lockdep_stats',
    isArmed: text => /^ debug_locks: +1$/m.test(text),
  },
  // kernel/dma/debug.c: off for good when it has no memory for its entries, quiet after one error
  { name: 'DMA-API debugging', file: `${DEBUG}/dma-api/disabled`, isArmed: is('N') },
  { name: 'DMA-API errors', file: `${DEBUG}/dma-api/num_errors`, isArmed: isNot('0'), arm: '1' },
  // mm/kmemleak.c: it takes no command any more when it is off; its thread is off already
  { name: 'kmemleak', file: `${DEBUG}/kmemleak`, arm: 'scan=off' },
  {
    // lib/debugobjects.c: reports five times, and lets all its objects go when it has no memory
    name: 'debug objects',
    file: `${DEBUG}/debug_objects/stats`,
    isArmed: text => /^warnings *: *0$/m.test(text) && !/^pool_used *: *0$/m.test(text),
  },
  // kernel/hung_task.c
  {
    name: 'hung tasks',
    file: '/proc/sys/kernel/hung_task_warnings',
    isArmed: is('10'),
    arm: '10',
  },
  {
    name: 'RCU stalls',
    file: '/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress',
    isArmed: is('0'),
    arm: '0',
  },
  // kernel/panic.c: each WARN_ONCE() of the kernel, and each WARN_ON_ONCE(); it cannot be read
  { name: 'WARN_ONCE', file: `${DEBUG}/clear_warn_once`, arm: '1' },
  // lib/fault-inject.c: each fault that fail-nth makes is counted as well
  ...['failslab', 'fail_page_alloc', 'fail_usercopy'].map(faultAttribute),
]

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
  'warning',
])

/** The headline of a WARN() in a module's code: clear_warn_once does not reach the state of a module's WARN_ONCE(). */
const OF_A_MODULE = /^WARNING: [^\n]*\+0x[0-9a-f]+\/0x[0-9a-f]+ \[\w+\]/m

/** syslog's level: whatever turns itself off warns of it, or says that it is off. */
const WARNING = 4
const SAYS_OFF = /disabl|turning off/i

/** The checks of one machine's kernel that do not stay on by themselves. */
export class Guards {
  readonly #guest: GuardedGuest
  readonly #absent = new Set<Guard>()
  /** Sequence number of the newest record when they were found armed; undefined before. */
  #armedAt: number | undefined
  #spent: string | undefined

  constructor(guest: GuardedGuest) {
    this.#guest = guest
  }

  /** Why they cannot be trusted any more on this machine. */
  get spent(): string | undefined {
    return this.#spent
  }

  /**
   * Arms what has gone off, where that can be done. The log must have been read to its end; where the kernel has not complained
   * since the last time, nothing can have gone off, and the guest is not asked.
   *
   * @returns names of those that are off
   */
  async rearm(): Promise<readonly string[]> {
    if (this.#armedAt !== undefined && this.#isQuietSince(this.#armedAt)) return []
    const { last } = this.#guest.log
    const here = GUARDS.filter(guard => !this.#absent.has(guard))
    const armed = await Promise.all(here.map(guard => this.#isArmed(guard)))
    const off = here.filter((_, index) => armed[index] === false).map(({ name }) => name)
    if (off.length === 0) this.#armedAt = last
    else this.#spent ??= `${off.join(', ')}: off`
    return off
  }

  /** Notes what was reported: of its kind nothing more may be. */
  note(findings: readonly Pick<FindingReport, 'kind' | 'title' | 'text'>[]): void {
    const last = findings.find(({ kind, text }) => !REPEATED.has(kind) || OF_A_MODULE.test(text))
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
