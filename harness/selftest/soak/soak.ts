import { rm } from 'node:fs/promises'
import { EXIT } from '../../platform/errors.js'
import type { SoakedRun, SoakResult } from '../../contract/soak-result.js'
import { figuresOf, type Places } from './figures.js'
import { trendsOf } from './growth.js'

export interface OneRun {
  readonly exitCode: number
  /** Of its record. */
  readonly folder: string
}

export interface SoakParts {
  readonly runs: number
  readonly places: Places
  readonly signal: AbortSignal
  readonly run: () => Promise<OneRun>
  /** Told after each run. */
  readonly report: (number: number, took: SoakedRun) => void
}

/**
 * The same run again and again in one process, until it is red, grows, or was done often enough. Records of green runs go, but
 * for the last.
 */
export async function soak({ runs, places, signal, run, report }: SoakParts): Promise<SoakResult> {
  const done: SoakedRun[] = []
  let earlier: string | undefined
  while (done.length < runs && !signal.aborted) {
    const since = performance.now()
    const ended = await run().catch((error: unknown) => {
      // What was seen until then is told all the same.
      if (!signal.aborted) throw error
      return undefined
    })
    if (ended === undefined || ended.exitCode === EXIT.interrupted) break
    const { exitCode, folder } = ended
    const took: SoakedRun = {
      exitCode,
      durationMs: performance.now() - since,
      ...(await figuresOf(places)),
    }
    done.push(took)
    report(done.length, took)
    if (exitCode !== EXIT.passed) return { runs: done, trends: trendsOf(done), red: folder }
    if (earlier !== undefined) await rm(earlier, { recursive: true, force: true })
    earlier = folder
  }
  return { runs: done, trends: trendsOf(done) }
}
