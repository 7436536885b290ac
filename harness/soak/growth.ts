import type { Figures, Trend } from '../soak-result.js'

/** The first runs load code and fill caches. */
const WARM_UP = 3
/** With fewer runs behind it a slope of memory is noise. */
const ENOUGH = 10
/** A heap that holds this more after each run is one that holds on to runs. */
const HEAP_MIB_A_RUN = 0.5
/** Resident memory comes and goes with the allocator: only much of it, for long, says something. */
const RESIDENT_MIB_A_RUN = 2

const FIGURES: readonly (keyof Figures)[] = [
  'processes',
  'descriptors',
  'temporaryFiles',
  'cacheFiles',
  'heapMiB',
  'residentMiB',
]

/** What nothing in a run should add to. */
const COUNTED: readonly (keyof Figures)[] = ['processes', 'descriptors', 'temporaryFiles']

/** Follows each figure over the runs, and says which of them grow. */
export function trendsOf(runs: readonly Figures[]): Trend[] {
  const [first] = runs
  if (first === undefined) return []
  return FIGURES.map(figure => {
    const values = runs.map(run => run[figure])
    const settled = values.slice(Math.min(WARM_UP, values.length - 1))
    const slope = slopeOf(settled)
    const grows = growth(figure, settled, slope)
    return {
      figure,
      first: first[figure],
      last: values.at(-1) ?? 0,
      most: Math.max(...values),
      slope,
      ...(grows === undefined ? {} : { grows }),
    }
  })
}

function growth(
  figure: keyof Figures,
  values: readonly number[],
  slope: number,
): string | undefined {
  const [first = 0] = values
  const last = values.at(-1) ?? 0
  if (COUNTED.includes(figure)) {
    // What comes and goes is no growth; what is never as low again is.
    const half = values.slice(Math.floor(values.length / 2))
    return Math.min(...half) > first ? `${last - first} more than after the first runs` : undefined
  }
  if (values.length < ENOUGH) return undefined
  const limit = { heapMiB: HEAP_MIB_A_RUN, residentMiB: RESIDENT_MIB_A_RUN, cacheFiles: 1 }
  const most = limit[figure as keyof typeof limit]
  return slope > most ? `${slope.toFixed(2)} more after each run; ${most} is allowed` : undefined
}

/** Least squares of values at 0, 1, 2, …; 0 for fewer than two. */
export function slopeOf(values: readonly number[]): number {
  const count = values.length
  if (count < 2) return 0
  const middle = (count - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  let above = 0
  let below = 0
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - mean)
    below += (at - middle) ** 2
  }
  return above / below
}
