/** Several readings of one quantity. */
export interface Readings {
  readonly row: string
  readonly unit: 'ms' | 'MiB'
  /** In the order they were taken. */
  readonly values: readonly number[]
}

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

/** How many milliseconds a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await work()
  return performance.now() - since
}

/**
 * Measures several things in turn, round after round, so that what disturbs the host disturbs all alike.
 * @param rows what to measure; each gives one reading
 */
export async function sideBySide(
  rows: readonly { readonly row: string; readonly read: () => Promise<number> }[],
  rounds: number,
  unit: Readings['unit'] = 'ms',
): Promise<Readings[]> {
  const values = rows.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { read }] of rows.entries()) values[index]?.push(await read())
  }
  return rows.map(({ row }, index) => ({ row, unit, values: values[index] ?? [] }))
}
