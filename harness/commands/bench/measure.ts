import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { pick } from '../../platform/pick.js'

const aim = z.union([z.object({ atMost: z.number() }), z.object({ atLeast: z.number() })])

export const readingsSchema = z.object({
  row: z.string(),
  unit: z
    .enum(['ms', 'MiB', '×'])
    .describe('`×` is a ratio of two readings taken side by side, or of this host and a known one'),
  values: z
    .array(z.number())
    .min(1, { error: 'a list of at least one number' })
    .describe('in the order they were taken'),
  aim: aim
    .exactOptional()
    .describe('what the median is meant to be, on two cores under TCG with nothing else running'),
})

export type Aim = Data<z.infer<typeof aim>>
/** Several readings of one quantity. */
export type Readings = Data<z.infer<typeof readingsSchema>>

export interface Summary {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** @throws RangeError without readings */
export function summarize({ row, values }: Readings): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const [lowest, highest] = [sorted[0], sorted.at(-1)]
  if (lowest === undefined || highest === undefined) throw new RangeError(`${row}: no readings`)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? highest
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? lowest
  return { median: (upper + lower) / 2, lowest, highest }
}

/** Whether the median meets its aim; undefined without an aim. */
export function isMet(readings: Readings): boolean | undefined {
  const { aim } = readings
  if (aim === undefined) return undefined
  const { median } = summarize(readings)
  return 'atMost' in aim ? median <= aim.atMost : median >= aim.atLeast
}

/** Returns how long something takes, in milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await act()
  return performance.now() - since
}

export interface MeasuredSubject extends Pick<Readings, 'row' | 'aim'> {
  readonly read: () => Promise<number>
}

/**
 * Measures several subjects in turn, round by round, so that host noise affects all alike.
 * @param subjects each gives one reading per round
 */
export async function sideBySide(
  subjects: readonly MeasuredSubject[],
  rounds: number,
): Promise<Readings[]> {
  const values = subjects.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { read }] of subjects.entries()) values[index]?.push(await read())
  }
  return subjects.map((subject, index) => ({
    unit: 'ms',
    values: values[index] ?? [],
    ...pick(subject, 'row', 'aim'),
  }))
}

/** Ratio of `a` to `b`, round by round, because noise in a round affects both. */
export function ratio(row: string, a: Readings, b: Readings, aim?: Aim): Readings {
  const values = a.values.map((value, round) => value / (b.values[round] ?? NaN))
  return { row, unit: '×', values, ...(aim && { aim }) }
}
