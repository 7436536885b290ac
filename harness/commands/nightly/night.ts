import { EXIT, harnessError } from '../../platform/errors.js'
import { withLock } from '../../platform/files/lock.js'

/** The steps of a nightly run. */
export interface NightParts {
  /** Throws if the disk would fill up during the night. */
  readonly requireSpace: () => Promise<void>
  readonly refresh: () => Promise<void>
  /** Calls `begun` with the record's folder as soon as it exists. */
  readonly run: (begun: (folder: string) => void) => Promise<{ readonly exitCode: number }>
  readonly writeReports: (folder: string) => Promise<void>
  /** Injects faults, and saves the results beside the reports; absent if another host does. */
  readonly makeFaults?: (folder: string) => Promise<void>
  /** Proves modules of others, and saves how far each comes; absent in a package. */
  readonly proveGallery?: (folder: string) => Promise<void>
  /** Runs the suites with other QEMUs, and saves what each comes to. */
  readonly proveHosts?: (folder: string) => Promise<void>
  /** Fuzzes the readers of hostile text, and saves the results there, too. */
  readonly fuzz?: (folder: string) => Promise<void>
  readonly prune: () => Promise<void>
  /** Reports problems outside the run. */
  readonly say: (line: string) => void
}

/**
 * One night: refresh, run, report, inject faults, prove the gallery and the hosts, fuzz, prune.
 * Reports are written even if the run was cut short.
 * @returns the run's exit status; 3 if all passed but a report, a fault, a module of others, a
 * QEMU or a reader failed
 * @throws ModproveError what the run throws, after its reports; `DISK_FULL`
 */
export async function night(parts: NightParts): Promise<number> {
  await parts.requireSpace()
  await parts.refresh()
  let folder: string | undefined
  const beside = async (act: ((folder: string) => Promise<void>) | undefined): Promise<boolean> => {
    const to = folder
    return act === undefined || to === undefined || isDone(() => act(to), parts)
  }
  let exitCode: number
  let reported = true
  try {
    exitCode = (await parts.run(begun => (folder = begun))).exitCode
  } finally {
    reported = await beside(parts.writeReports)
  }
  const survived = await beside(parts.makeFaults)
  const proved = await beside(parts.proveGallery)
  const booted = await beside(parts.proveHosts)
  const read = await beside(parts.fuzz)
  const pruned = await isDone(parts.prune, parts)
  return exitCode === EXIT.passed && !(reported && survived && proved && booted && read && pruned)
    ? EXIT.harness
    : exitCode
}

/** Later failures must not hide the run's result. */
async function isDone(act: () => Promise<void>, { say }: NightParts): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return false
  }
}

/**
 * Runs `act` only if no other harness with this cache folder does.
 * @throws ModproveError `NIGHTLY_RUNS` at once if another one does
 */
export const withNightlyLock = <T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> =>
  withLock('nightly', act, {
    signal,
    purpose: `nightly since ${new Date().toISOString()}`,
    waiting: holder => {
      throw harnessError('NIGHTLY_RUNS', `A nightly is already running: ${holder}`, {
        remedy: 'Wait for its end, or stop it',
      })
    },
  })
