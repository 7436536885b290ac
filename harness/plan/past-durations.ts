import type { JobRef } from '../contract/events.js'
import { jobKey, type HistoryEntry } from '../history/entry.js'
import type { PastResults } from '../history/history.js'

type JobName = Pick<JobRef, 'kernel' | 'flavour' | 'suite'>

interface Known {
  readonly job: JobName
  readonly ms: number
}

/** In milliseconds; undefined for an unknown suite. */
export type ExpectedDuration = (job: JobName) => number | undefined

/**
 * Estimates each job's duration from the history: that of its last complete run on this kernel and
 * flavour, else about that of the suite elsewhere.
 */
export function expectedDurations(past: PastResults): ExpectedDuration {
  const known = new Map<string, Known>()
  const ofSuite = new Map<string, Known[]>()
  for (const [key, entries] of past) {
    const last = entries.findLast(ranWhole)
    if (last === undefined) continue
    const one = { job: last, ms: last.durationMs ?? 0 }
    known.set(key, one)
    ofSuite.set(last.suite, [...(ofSuite.get(last.suite) ?? []), one])
  }
  return ({ kernel, flavour, suite }) => {
    const own = known.get(jobKey({ kernel, flavour, suite }))
    if (own !== undefined) return own.ms
    const elsewhere = ofSuite.get(suite) ?? []
    const alike = elsewhere.filter(({ job }) => job.flavour === flavour)
    if (alike.length > 0) return median(alike.map(({ ms }) => ms))
    return median(elsewhere.map(({ job, ms }) => ms * slower(flavour, job.flavour)))
  }

  /** How much slower one flavour is than another (debug kernels are), by suites that both ran. */
  function slower(flavour: string, than: string): number {
    const ratios = [...ofSuite.values()].flatMap(suites => {
      const here = median(suites.filter(({ job }) => job.flavour === flavour).map(({ ms }) => ms))
      const there = median(suites.filter(({ job }) => job.flavour === than).map(({ ms }) => ms))
      return here === undefined || there === undefined || there === 0 ? [] : [here / there]
    })
    return median(ratios) ?? 1
  }
}

/** Longest time of each passed test on this kernel, flavour and accelerator, in milliseconds. */
export function longestPast(
  past: PastResults,
  job: JobName,
  accelerator: string,
): Record<string, number> {
  const longest: Record<string, number> = {}
  for (const entry of past.get(jobKey(job)) ?? []) {
    if (entry.accelerator !== accelerator) continue
    for (const [test, ms] of Object.entries(entry.tookMs ?? {}))
      longest[test] = Math.max(longest[test] ?? 0, ms)
  }
  return longest
}

/** A lost test took no time. */
const ranWhole = ({ suite, durationMs, ends }: HistoryEntry): boolean =>
  suite !== '' && durationMs !== undefined && !Object.values(ends).includes('m')

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Longest first, so that no long job runs alone at the end; unknown ones count as longest. */
export function longestFirst<T>(items: readonly T[], lasts: (item: T) => number | undefined): T[] {
  const ms = new Map(items.map(item => [item, lasts(item) ?? Infinity]))
  return [...items].sort((a, b) => (ms.get(b) ?? 0) - (ms.get(a) ?? 0) || 0)
}
