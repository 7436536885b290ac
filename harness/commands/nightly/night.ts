import { EXIT, harnessError } from '../../platform/errors.js'
import { withLock } from '../../platform/cache-lock.js'

/** What a night consists of; the command says how each is done. */
export interface NightParts {
  /** Throws when hours of work would end in a full disk. */
  readonly requireSpace: () => Promise<void>
  readonly refresh: () => Promise<void>
  /** Told the record's folder as soon as there is one. */
  readonly run: (begun: (folder: string) => void) => Promise<{ readonly exitCode: number }>
  readonly writeReports: (folder: string) => Promise<void>
  /** Makes machines die and the host fail, and keeps what came of it beside the reports; absent where others do. */
  readonly makeFaults?: (folder: string) => Promise<void>
  /** Puts mutated inputs to the readers of hostile text, and keeps what came of it there, too. */
  readonly fuzz?: (folder: string) => Promise<void>
  readonly prune: () => Promise<void>
  /** What went wrong beside the run. */
  readonly say: (line: string) => void
}

/**
 * One night: refresh, run, report, make faults, fuzz, prune. Reports are written of whatever was recorded, also when the run was cut short.
 *
 * @returns the run's exit status; 3 when all passed and could not be reported, a fault was not survived as it should be, or a reader was
 *   fooled
 * @throws ModproveError what the run throws, after its reports; `DISK_FULL`
 */
export async function night(parts: NightParts): Promise<number> {
  await parts.requireSpace()
  await parts.refresh()
  let folder: string | undefined
  const beside = async (
    work: ((folder: string) => Promise<void>) | undefined,
  ): Promise<boolean> => {
    const to = folder
    return work === undefined || to === undefined || isDone(() => work(to), parts)
  }
  let exitCode: number
  let reported = true
  try {
    exitCode = (await parts.run(begun => (folder = begun))).exitCode
  } finally {
    reported = await beside(parts.writeReports)
  }
  const survived = await beside(parts.makeFaults)
  const read = await beside(parts.fuzz)
  const pruned = await isDone(parts.prune, parts)
  return exitCode === EXIT.passed && !(reported && survived && read && pruned)
    ? EXIT.harness
    : exitCode
}

/** What comes after the run must not hide what the run said. */
async function isDone(work: () => Promise<void>, { say }: NightParts): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return false
  }
}

/**
 * Does something that one process at a time may do, for all harnesses of a cache folder.
 * @throws ModproveError `NIGHTLY_RUNS` at once when another one does it
 */
export const alone = <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> =>
  withLock('nightly', work, {
    signal,
    purpose: `nightly since ${new Date().toISOString()}`,
    waiting: holder => {
      throw harnessError('NIGHTLY_RUNS', `A nightly runs already: ${holder}`, {
        remedy: 'Let it end, or stop it; the next one may begin then',
      })
    },
  })
