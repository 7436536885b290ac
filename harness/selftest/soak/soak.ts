import { rm } from 'node:fs/promises'
import { EXIT } from '../../platform/errors.js'
import type { SoakedRun, SoakResult } from '../../contract/soak-result.js'
import { figuresOf, type WatchedFolders } from './figures.js'
import { trendsOf } from './growth.js'

interface OneRun {
  readonly exitCode: number
  /** The record's folder. */
  readonly folder: string
}

export interface SoakParts {
  readonly runs: number
  readonly folders: WatchedFolders
  readonly signal: AbortSignal
  readonly run: () => Promise<OneRun>
  /** Called after each run. */
  readonly report: (number: number, took: SoakedRun) => void
}

/**
 * Repeats a run in one process until it fails, a figure grows, or the count is reached. Keeps only
 * the last record of passed runs.
 */
export async function soak({ runs, folders, signal, run, report }: SoakParts): Promise<SoakResult> {
  const done: SoakedRun[] = []
  let earlier: string | undefined
  while (done.length < runs && !signal.aborted) {
    const since = performance.now()
    const ended = await run().catch((error: unknown) => {
      // Results before the interruption are still reported.
      if (!signal.aborted) throw error
      return undefined
    })
    if (ended === undefined || ended.exitCode === EXIT.interrupted) break
    const { exitCode, folder } = ended
    const took: SoakedRun = {
      exitCode,
      durationMs: performance.now() - since,
      ...(await figuresOf(folders)),
    }
    done.push(took)
    report(done.length, took)
    if (exitCode !== EXIT.passed) return { runs: done, trends: trendsOf(done), red: folder }
    if (earlier !== undefined) await rm(earlier, { recursive: true, force: true })
    earlier = folder
  }
  return { runs: done, trends: trendsOf(done) }
}
