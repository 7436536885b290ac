import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import pc from '../../platform/terminal/colours.js'
import { isMet, readingsSchema, summarize, type Readings } from './measure.js'

export const benchResult = z.object({
  at: z.string(),
  host: z.object({ cpu: z.string(), cpus: z.number(), kernel: z.string() }),
  qemu: z.string(),
  accelerator: z.string(),
  commit: z.string().nullable(),
  readings: z.array(readingsSchema).min(1, { error: 'a list of at least one reading' }),
  unmeasured: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe('rows that were asked for and could not be measured here: name → why'),
})

/** The saved result of a bench. */
export type BenchResult = Data<z.infer<typeof benchResult>>

const NAME = 42
const figure = (value: number): string =>
  value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0).padStart(8)

const aimOf = ({ aim }: Readings): string => {
  if (aim === undefined) return ''
  return 'atMost' in aim ? `≤ ${aim.atMost}` : `≥ ${aim.atLeast}`
}

const mark = (readings: Readings): string => {
  const met = isMet(readings)
  if (met === undefined) return ' '
  return met ? pc.green('✓') : pc.red('✗')
}

export const tableHead = `${'row'.padEnd(NAME)}   median             aim      lowest    highest  readings\n`

/** A line of the table: median, aim, spread and number of readings. */
export function tableLine(readings: Readings): string {
  const { row, unit, values } = readings
  const { median, lowest, highest } = summarize(readings)
  const spread = `${figure(lowest)} …${figure(highest)}`
  const aim = aimOf(readings).padStart(10)
  return `${row.padEnd(NAME)} ${figure(median)} ${unit.padEnd(3)} ${mark(readings)} ${aim}   ${spread}  ${String(values.length).padStart(8)}\n`
}

export const unmeasuredLine = (row: string, why: string): string =>
  `${row.padEnd(NAME)} ${pc.dim(`not measured: ${why}`)}\n`

/** Origin of a result: comparing two hosts says nothing about the code. */
function originOf({ at, host, qemu, accelerator, commit }: BenchResult): string {
  const where = `${host.cpus} CPUs (${host.cpu}), Linux ${host.kernel}, ${qemu}, ${accelerator}`
  return `${at}  commit ${commit?.slice(0, 12) ?? 'unknown'}, ${where}\n`
}

/**
 * Compares medians of the rows that both have, as ratios of the second to the first, after a line
 * on each result's origin.
 */
export function comparisonTable(before: BenchResult, after: BenchResult): string {
  return `before: ${originOf(before)}after:  ${originOf(after)}\n${ratios(before, after)}`
}

function ratios(before: BenchResult, after: BenchResult): string {
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
      return `${is.row.padEnd(NAME)} ${figure(from)} →${figure(to)} ${is.unit.padEnd(3)} × ${(to / from).toFixed(2)}${sure}\n`
    })
    .join('')
}
