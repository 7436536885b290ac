import { summarize, type Readings } from './measure.js'

/** What a bench leaves behind. */
export interface BenchResult {
  readonly at: string
  readonly host: { readonly cpu: string; readonly cpus: number; readonly kernel: string }
  readonly qemu: string
  readonly accelerator: string
  readonly commit: string | null
  readonly readings: readonly Readings[]
}

const NAME = 34
const figure = (value: number): string =>
  value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0).padStart(8)

const line = ({ row, unit, values }: Readings): string => {
  const { median, lowest, highest } = summarize({ row, unit, values })
  const spread = `${figure(lowest)} …${figure(highest)}`
  return `${row.padEnd(NAME)}${figure(median)} ${unit.padEnd(3)} ${spread}  ${String(values.length).padStart(4)}\n`
}

const head = `${'row'.padEnd(NAME)}  median         lowest  highest  runs\n`

export const benchTable = ({ readings }: BenchResult): string => head + readings.map(line).join('')

/** Medians of the rows that both have, and how many times the second is as slow, or large. */
export function comparisonTable(before: BenchResult, after: BenchResult): string {
  const key = ({ row, unit }: Readings) => `${row} ${unit}`
  const earlier = new Map(before.readings.map(readings => [key(readings), readings]))
  return after.readings
    .flatMap(readings => {
      const other = earlier.get(key(readings))
      return other === undefined ? [] : [[other, readings] as const]
    })
    .map(([was, is]) => {
      const [from, to] = [summarize(was).median, summarize(is).median]
      const overlap = summarize(was).highest >= summarize(is).lowest
      const sure =
        overlap && summarize(is).highest >= summarize(was).lowest ? '  within spread' : ''
      return `${is.row.padEnd(NAME)}${figure(from)} →${figure(to)} ${is.unit.padEnd(3)} × ${(to / from).toFixed(2)}${sure}\n`
    })
    .join('')
}
