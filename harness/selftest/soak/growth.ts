import type { Figures, Trend } from '../../contract/soak-result.js'

/** The first runs load code and fill caches. */
const WARM_UP = 3
/** With fewer runs, a slope of memory is noise. */
const ENOUGH = 10

interface Bounds {
  /** Per run. */
  readonly slope: number
  /** In total: the measurement's uncertainty. */
  readonly rise: number
}

/**
 * The heap is read after a collection, exactly: V8's code for hot functions adds a few dozen KiB
 * per run at first. Resident memory varies with the allocator, by some dozens of MiB.
 */
const BOUNDS: Partial<Record<keyof Figures, Bounds>> = {
  cacheFiles: { slope: 0.5, rise: 5 },
  heapMiB: { slope: 0.1, rise: 4 },
  residentMiB: { slope: 0.5, rise: 64 },
}

const FIGURES: readonly (keyof Figures)[] = [
  'processes',
  'descriptors',
  'temporaryFiles',
  'cacheFiles',
  'heapMiB',
  'residentMiB',
]

/** Figures that no run should increase. */
const COUNTED: readonly (keyof Figures)[] = ['processes', 'descriptors', 'temporaryFiles']

/** Evaluates each figure over the runs, and reports which grow. */
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
    // Fluctuation is no growth; never returning to the first value is.
    const half = values.slice(Math.floor(values.length / 2))
    return Math.min(...half) > first ? `${last - first} more than after the first runs` : undefined
  }
  const bounds = BOUNDS[figure]
  if (bounds === undefined || values.length < ENOUGH) return undefined
  if (slope < bounds.slope || slope * values.length < bounds.rise) return undefined
  return `${slope.toFixed(2)} more after each run; less than ${bounds.slope} is allowed`
}

/**
 * Median of the slopes between any two of the values at 0, 1, … (Theil and Sen): robust against
 * outliers and single steps. 0 for fewer than two values.
 */
function slopeOf(values: readonly number[]): number {
  const slopes = values
    .flatMap((value, at) =>
      values.slice(at + 1).map((later, distance) => (later - value) / (distance + 1)),
    )
    .sort((a, b) => a - b)
  const middle = Math.floor(slopes.length / 2)
  const [low = 0, high = low] =
    slopes.length % 2 === 0
      ? slopes.slice(middle - 1, middle + 1)
      : slopes.slice(middle, middle + 1)
  return (low + high) / 2
}
