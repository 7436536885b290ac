import type { FindingReport } from '../contract/events.js'
import type { Guest } from '../guest/index.js'
import type { LogRecord } from '../contract/log-record.js'
import { GUARDS, isOffBy, reportsOnlyOnce, type Guard, type Report } from './guard-table.js'

/** The part of a guest that guards use. */
export type GuardedGuest = Pick<Guest, 'readFile' | 'writeFile'> & {
  readonly log: Pick<Guest['log'], 'since' | 'oldest' | 'last'>
}

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
   * kernel logged no complaint since the last time, nothing turned off, and the guest is not asked.
   *
   * @param known known findings of the modules' load: guards that they turned off are `unguarded`
   * @returns names of guards that stay off and are not `unguarded`
   */
  async rearm(known: readonly FindingReport[] = []): Promise<readonly string[]> {
    for (const each of known) if (reportsOnlyOnce(each)) this.#unguarded.add(each.kind)
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
  note(findings: readonly Pick<FindingReport, 'kind' | 'title' | 'trace'>[]): void {
    const last = findings.find(each => reportsOnlyOnce(each) && !this.#unguarded.has(each.kind))
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
    const { file, armed, arm } = guard
    try {
      if (armed?.test(await this.#guest.readFile(file)) === true) return true
      if (arm === undefined) return false
      await this.#guest.writeFile(file, arm)
      return armed?.test(await this.#guest.readFile(file)) ?? true
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === 'EPERM') return false
      if (code !== 'ENOENT') throw error
      this.#absent.add(guard)
      return undefined
    }
  }
}
