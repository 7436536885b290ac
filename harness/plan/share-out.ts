import type { PlannedJob } from '../contract/plan.js'
import { columnName } from '../record/run-progress.js'

/** Of a job that no history knows, where none is known. */
const UNKNOWN_MS = 30_000

/** How jobs are shared out: into so many shards, or into shards of about so many seconds. */
export type ShareOut = { readonly shards: number } | { readonly seconds: number }

interface Bin {
  readonly jobs: number[]
  ms: number
}

/**
 * Shares out jobs, the longest first, each to the shard that has least: none ends much later than
 * the others. Shards by their length hold jobs of one column, so that each needs one kernel.
 *
 * @returns places of jobs, ascending in each shard; shards in the order of their first job
 */
export function shareOut(jobs: readonly PlannedJob[], how: ShareOut): number[][] {
  const lasts = durations(jobs)
  const places = jobs.map((_, place) => place)
  const bins =
    'shards' in how
      ? balanced(places, Math.min(how.shards, jobs.length), lasts)
      : columnsOf(jobs).flatMap(column => {
          const ms = column.reduce((sum, place) => sum + (lasts[place] ?? 0), 0)
          const wanted = Math.ceil(ms / (how.seconds * 1000))
          return balanced(column, Math.max(1, Math.min(column.length, wanted)), lasts)
        })
  return bins.map(({ jobs }) => jobs.sort((a, b) => a - b)).sort(([a = 0], [b = 0]) => a - b)
}

/** Of each job in milliseconds; an unknown one takes as long as the middle one of those known. */
export function durations(jobs: readonly PlannedJob[]): number[] {
  const known = jobs.flatMap(({ expectedMs }) => expectedMs ?? []).sort((a, b) => a - b)
  const usual = known[Math.floor(known.length / 2)] ?? UNKNOWN_MS
  return jobs.map(({ expectedMs = usual }) => expectedMs)
}

function balanced(places: readonly number[], count: number, lasts: readonly number[]): Bin[] {
  const bins = Array.from({ length: count }, (): Bin => ({ jobs: [], ms: 0 }))
  const of = (place: number): number => lasts[place] ?? 0
  const longest = [...places].sort((a, b) => of(b) - of(a) || a - b)
  for (const place of longest) {
    const [least] = bins
    if (least === undefined) return bins
    least.jobs.push(place)
    least.ms += of(place)
    sink(bins)
  }
  return bins
}

/** Puts the first shard, which has grown, where it belongs in the ascending order. */
function sink(bins: Bin[]): void {
  const [grown] = bins.splice(0, 1)
  if (grown === undefined) return
  let [from, to] = [0, bins.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((bins[middle]?.ms ?? 0) < grown.ms) from = middle + 1
    else to = middle
  }
  bins.splice(from, 0, grown)
}

function columnsOf(jobs: readonly PlannedJob[]): number[][] {
  const columns = new Map<string, number[]>()
  for (const [place, { ref }] of jobs.entries()) {
    const name = columnName(ref)
    const column = columns.get(name) ?? []
    column.push(place)
    columns.set(name, column)
  }
  return [...columns.values()]
}
