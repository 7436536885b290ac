import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  mergeCoverage,
  readCounts,
  type Counted,
  type SourceCoverage,
} from '../../coverage/index.js'
import { scaled } from '../../platform/waiting/deadlines.js'
import { harnessError, usageError } from '../../platform/errors.js'
import type { RunEvent } from '../../contract/events.js'
import type { ModuleBuild } from '../../builder/index.js'
import { SyscallError } from '../../guest/index.js'
import type { Project } from '../../project/project.js'
import type { CountsWanted } from '../job.js'
import { race } from '../life/race.js'
import type { Session } from '../session.js'

/** Documentation/dev-tools/gcov.rst: counts of unloaded modules are kept there, too. */
const GCOV = '/sys/kernel/debug/gcov'
const FETCH_MS = 10_000

/**
 * Copies a machine's coverage counts into a new folder.
 * @returns why that failed, if it did
 */
export async function fetchCounts(
  session: Session,
  wanted: CountsWanted,
  signal: AbortSignal,
): Promise<string | undefined> {
  const limitMs = scaled(FETCH_MS, session.setup.machine.accelerator)
  try {
    await race(fetchAll(session, wanted), { gone: session.gone, limitMs, signal })
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return `the counts of this machine are missing from the coverage: ${String(error)}`
  }
}

async function fetchAll(
  { guest }: Session,
  { folder, compiledIn, objects }: CountsWanted,
): Promise<void> {
  const before = await readdir(folder).catch(() => [])
  const own = join(folder, String(before.length + 1))
  await mkdir(own, { recursive: true })
  for (const object of objects) {
    const path = `${GCOV}${compiledIn}/${object}.gcda`
    const data = await guest.readBytes(path).catch((error: unknown) => {
      // The module was never loaded there.
      if (error instanceof SyscallError && error.code === 'ENOENT') return undefined
      throw error
    })
    if (data === undefined) continue
    const file = join(own, `${object}.gcda`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, data)
  }
}

/** One build: its notes, and the folders of its counts. */
export interface CountedColumn {
  /** As {@link ModuleBuild.coverageNotes}. */
  readonly notes: ModuleBuild['coverageNotes']
  readonly compiledIn: string
  /** Filled by `fetchCounts`, one per job. */
  readonly folders: readonly string[]
}

/**
 * Merges the counts of all machines of a run, and writes lcov and HTML.
 * @param folder of the reports
 * @throws ModproveError `GCOV_FAILED`, `CONFIGURATION`, `NOTHING_COUNTED`
 */
export async function reportCoverage(
  { module, suites }: Pick<Project, 'module' | 'suites'>,
  columns: readonly CountedColumn[],
  folder: string,
  signal: AbortSignal,
): Promise<Extract<RunEvent, { type: 'coverage' }>> {
  const counted = (await Promise.all(columns.map(countedOf))).flat()
  if (!counted.some(({ data }) => data !== undefined)) {
    throw harnessError('NOTHING_COUNTED', 'No machine returned coverage counts', {
      remedy: 'See above why the counts are missing',
    })
  }
  const parts: SourceCoverage[] = []
  for (const each of counted) parts.push(...(await readCounts(each, signal)))
  // Not static imports: workers load this file, and write no reports.
  const { loadReasons } = await import('../../coverage/load-reasons.js')
  const { writeCoverage } = await import('../../coverage/report.js')
  const reasons = await loadReasons(join(suites, 'unreachable.json'))
  return writeCoverage({ sources: mergeCoverage(parts), reasons }, module.root, folder)
}

async function countedOf({ folders, notes, compiledIn }: CountedColumn): Promise<Counted[]> {
  // Code that was never loaded counts as run 0 times.
  const counted: Counted[] = Object.values(notes).map(path => ({ notes: path, compiledIn }))
  for (const folder of folders) {
    // A job without a machine has no folder.
    const files = await readdir(folder, { recursive: true }).catch(() => [])
    for (const file of files) {
      // The first name on the way is a machine's.
      const [, object = ''] = /^[^/]+\/(.*)\.gcda$/.exec(file) ?? []
      const note = notes[object]
      if (note !== undefined) counted.push({ data: join(folder, file), notes: note, compiledIn })
    }
  }
  return counted
}

/** @throws ModproveError `NO_COVERAGE` (exit 2) when no selected flavour counts */
export function requireCounting(
  flavours: readonly { readonly name: string; readonly coverage: boolean }[],
): void {
  if (flavours.some(({ coverage }) => coverage)) return
  const names = [...new Set(flavours.map(({ name }) => name))].join(', ')
  throw usageError('NO_COVERAGE', `Flavour ${names} does not count what a module executes.`, {
    remedy: 'Add one that does (images/flavours.json, "coverage"): --flavour debug',
  })
}
