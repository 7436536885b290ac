import pc from '../../platform/terminal/colours.js'
import type { SoakedRun, Trend } from '../../contract/soak-result.js'
import { aligned } from '../terminal/aligned.js'
import { duration } from '../summary.js'

/** One run of a soak in one line. */
export function soakLine(number: number, runs: number, run: SoakedRun): string {
  const mark = run.exitCode === 0 ? pc.green('✓') : pc.red('✗')
  const { processes, descriptors, temporaryFiles, cacheFiles, heapMiB, residentMiB } = run
  return (
    `${mark} ${String(number).padStart(String(runs).length)}/${runs}  ${duration(run.durationMs)}  ` +
    `${processes} processes, ${descriptors} descriptors, ${temporaryFiles} temporary files, ` +
    `${cacheFiles} in the cache, heap ${heapMiB.toFixed(1)} MiB, resident ${residentMiB.toFixed(0)} MiB\n`
  )
}

const NAMES: Readonly<Record<Trend['figure'], string>> = {
  processes: 'processes',
  descriptors: 'open descriptors',
  temporaryFiles: 'temporary files',
  cacheFiles: 'files of the cache',
  heapMiB: 'heap, MiB',
  residentMiB: 'resident, MiB',
}

const number = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(2)

/** Each figure after the first and the last run, its maximum and its slope. */
export function soakTable(trends: readonly Trend[]): string {
  const head = ['', 'first', 'last', 'most', 'a run']
  const rows = trends.map(({ figure, first, last, most, slope }) => [
    NAMES[figure],
    ...[first, last, most].map(number),
    `${slope < 0 ? '' : '+'}${slope.toFixed(3)}`,
  ])
  const growing = trends
    .filter(({ grows }) => grows !== undefined)
    .map(({ figure, grows }) => pc.red(`✗ ${NAMES[figure]} grow: ${grows}`))
  return `${[...aligned([head, ...rows], [0]), ...growing].join('\n')}\n`
}
