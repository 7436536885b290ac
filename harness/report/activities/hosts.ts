import { noCounts, sum, type Counts } from '../../contract/events.js'
import type { HostColumn, HostResult } from '../../contract/host-result.js'
import { oneLine } from '../../platform/text/text.js'
import { exitCodeOf } from '../../record/exit-code.js'
import type { RunView } from '../../record/view.js'
import { aligned } from '../terminal/aligned.js'

/** What a run came to, for each kernel and flavour. */
export const hostColumns = ({ columns }: RunView): HostColumn[] =>
  columns.map(({ release, flavour, failed, jobs }) => ({
    release,
    flavour,
    counts: failed === undefined ? sum(...jobs.map(job => job.counts)) : { ...noCounts, error: 1 },
    notRestored: jobs.flatMap(({ notRestored }) => notRestored).length,
  }))

/** A run that was not made, and a machine that was not restored, count as lost. */
export const hostCounts = (results: readonly HostResult[]): Counts =>
  sum(
    ...results.flatMap(({ columns, problem }) => [
      { ...noCounts, error: problem === undefined ? 0 : 1 },
      ...columns.map(({ counts, notRestored }) => ({
        ...counts,
        error: counts.error + notRestored,
      })),
    ]),
  )

/** By exit status. */
const MARKS = ['✓', '✗', '', '‼']

function cell({ counts, notRestored }: HostColumn): string {
  const bad = counts.fail + counts.error + counts.miss
  const status = exitCodeOf({ ...counts, error: counts.error + notRestored })
  const parts = bad === 0 ? [] : [`${bad} of ${bad + counts.pass}`]
  if (notRestored > 0) parts.push(`${notRestored} booted`)
  return `${MARKS[status] ?? ''} ${status === 0 ? counts.pass : parts.join(', ')}`
}

/** QEMUs, cold and restored, by kernels and flavours. */
export function hostsTable(results: readonly HostResult[]): string {
  const title = ({ release, flavour }: HostColumn) => `${release} ${flavour}`
  const titles = [...new Set(results.flatMap(({ columns }) => columns.map(title)))]
  const rows = results.map(({ debian, start = '', qemu = '', columns }) => [
    /version (\S+)/.exec(qemu)?.[1] ?? '–',
    debian,
    start,
    ...titles.map(name => {
      const column = columns.find(each => title(each) === name)
      return column === undefined ? '‼' : cell(column)
    }),
  ])
  const table = aligned([['QEMU', 'Debian', 'start', ...titles], ...rows], [0, 1, 2])
  const legend = 'marks: ✓ tests passed, ✗ failed, ‼ lost, or not restored from a template'
  const problems = results.flatMap(({ debian, problem }) =>
    problem === undefined ? [] : [`‼ ${debian}: ${oneLine(problem)}`],
  )
  return [...table, '', legend, ...problems, ''].join('\n')
}
