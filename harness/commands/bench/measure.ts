/** Several readings of one quantity. */
export interface Readings {
  readonly row: string
  /** `×` is a ratio of two readings that were taken side by side, or of this host's speed and a known one's. */
  readonly unit: 'ms' | 'MiB' | '×'
  /** In the order they were taken. */
  readonly values: readonly number[]
  /** What the median is meant to be, on two cores under TCG with nothing else running. */
  readonly aim?: Aim
}

export type Aim = { readonly atMost: number } | { readonly atLeast: number }

export interface Summary {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** @throws RangeError when nothing was read */
export function summarize({ row, values }: Readings): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const [lowest, highest] = [sorted[0], sorted.at(-1)]
  if (lowest === undefined || highest === undefined) throw new RangeError(`${row}: no readings`)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? highest
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? lowest
  return { median: (upper + lower) / 2, lowest, highest }
}

/** Whether the median is what it is meant to be; undefined without an aim. */
export function isMet(readings: Readings): boolean | undefined {
  const { aim } = readings
  if (aim === undefined) return undefined
  const { median } = summarize(readings)
  return 'atMost' in aim ? median <= aim.atMost : median >= aim.atLeast
}

/** How many milliseconds a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await work()
  return performance.now() - since
}

export interface Subject {
  readonly row: string
  readonly read: () => Promise<number>
  readonly aim?: Aim
}

/**
 * Measures several things in turn, round after round, so that what disturbs the host disturbs all alike.
 * @param subjects what to measure; each gives one reading a round
 */
export async function sideBySide(
  subjects: readonly Subject[],
  rounds: number,
  unit: Readings['unit'] = 'ms',
): Promise<Readings[]> {
  const values = subjects.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { read }] of subjects.entries()) values[index]?.push(await read())
  }
  return subjects.map(({ row, aim }, index) => ({
    row,
    unit,
    values: values[index] ?? [],
    ...(aim === undefined ? {} : { aim }),
  }))
}

/** How many times `a` is as much as `b`, round by round: what disturbed a round disturbed both. */
export function ratio(row: string, a: Readings, b: Readings, aim?: Aim): Readings {
  const values = a.values.map((value, round) => value / (b.values[round] ?? NaN))
  return { row, unit: '×', values, ...(aim === undefined ? {} : { aim }) }
}
