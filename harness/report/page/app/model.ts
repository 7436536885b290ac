import { columnTitle } from '../../../contract/column-title.js'
import type { TestChange } from '../../../contract/events.js'
import type { ColumnData, EndLetter, ReportData, Saying, SuiteData } from '../data.js'
import { ENDS, endNeedsAttention, ORDER } from './ends.js'

/** One test on one column. */
export interface PageCell {
  readonly end: EndLetter
  readonly ms: number
  /** Index of its details. */
  readonly detail: number | undefined
  readonly past: string | undefined
  /** Why it did not pass. */
  readonly said: Saying | undefined
}

/** One test, on all columns that have it. */
export interface PageRow {
  readonly suite: Suite
  readonly name: string
  /** By the column's index. */
  readonly cells: ReadonlyMap<number, PageCell>
  /** Since the last runs, by the column's index. */
  readonly changes: ReadonlyMap<number, TestChange>
  readonly worst: EndLetter
}

/** Counts of a suite's ends on a column. */
export type PageTally = Readonly<MutableTally>
type MutableTally = Record<EndLetter | 'total' | 'ms', number>

export interface Suite extends SuiteData {
  readonly rows: readonly PageRow[]
  /** By the column's index. */
  readonly tallies: ReadonlyMap<number, PageTally>
  /** Notes of its workers, by the column's index. */
  readonly notes: ReadonlyMap<number, readonly string[]>
}

export interface PageColumn extends ColumnData {
  readonly index: number
  /** Its name in the history and in addresses: `6.1 debug`. */
  readonly name: string
  /** `6.1.192 debug` */
  readonly label: string
}

/** A run as the page uses it. */
export interface Model {
  readonly data: ReportData
  readonly columns: readonly PageColumn[]
  readonly suites: readonly Suite[]
  readonly changes: readonly TestChange[]
  readonly baseline: ReportData['comparisons'][number] | undefined
  readonly totals: PageTally
}

type MutableRow = PageRow & {
  cells: Map<number, PageCell>
  changes: Map<number, TestChange>
  worst: EndLetter
}
type MutableSuite = Suite & {
  rows: MutableRow[]
  tallies: Map<number, PageTally>
  notes: Map<number, readonly string[]>
}

const empty = (): MutableTally => ({ f: 0, e: 0, m: 0, y: 0, p: 0, x: 0, s: 0, total: 0, ms: 0 })

export const worse = (a: EndLetter, b: EndLetter): EndLetter =>
  ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b

/** The worst end of a suite on a column; skipped only if all tests were. */
export const worstOf = (tally: PageTally): EndLetter => ORDER.find(end => tally[end] > 0) ?? 's'

/** `2 failed, 7 passed` */
export const tallyText = (tally: PageTally): string =>
  ORDER.filter(end => tally[end] > 0)
    .map(end => `${tally[end]} ${ENDS[end].word}`)
    .join(', ')

export const attention = (tally: PageTally): number => tally.f + tally.e + tally.m + tally.y

export function modelOf(data: ReportData): Model {
  const columns = data.columns.map((column, index): PageColumn => {
    const name = `${column.kernel} ${column.flavour}`
    return { ...column, index, name, label: columnTitle(column) }
  })
  const suites = data.suites.map((suite): MutableSuite => {
    return { ...suite, rows: [], tallies: new Map(), notes: new Map() }
  })
  const rows = new Map<string, MutableRow>()
  const rowOf = (suite: MutableSuite, name: string): MutableRow => {
    const key = `${suite.name}\n${name}`
    let row = rows.get(key)
    if (row === undefined) {
      row = { suite, name, cells: new Map(), changes: new Map(), worst: 's' }
      rows.set(key, row)
      suite.rows.push(row)
    }
    return row
  }
  const totals = empty()
  for (const job of data.jobs) {
    const suite = suites[job.suite]
    if (suite === undefined) continue
    const tally = empty()
    for (const [index, test] of (data.lists[job.list] ?? []).entries()) {
      const end = job.ends[index] as EndLetter
      const ms = job.ms[index] ?? 0
      const row = rowOf(suite, data.tests[test] ?? '')
      const [detail, past] = [job.details[index], job.past[index]]
      const said = data.sayings[job.said[index] ?? -1]
      const twin = row.cells.get(job.column)
      // Of two tests with the same name, the worse is shown.
      if (twin === undefined || worse(twin.end, end) === end) {
        row.cells.set(job.column, { end, ms, detail, past, said })
      }
      row.worst = worse(row.worst, end)
      for (const sum of [tally, totals]) {
        sum[end]++
        sum.total++
        sum.ms += ms
      }
    }
    suite.tallies.set(job.column, tally)
    if (job.notes.length > 0) suite.notes.set(job.column, job.notes)
  }
  const last = data.comparisons.find(({ against }) => against === 'last')
  const baseline = data.comparisons.find(({ against }) => against === 'baseline')
  const changes = (last ?? baseline)?.changes ?? []
  const columnsByName = new Map(columns.map(column => [column.name, column]))
  const suitesByName = new Map(suites.map(suite => [suite.name, suite]))
  for (const change of changes) {
    const column = columnsByName.get(`${change.kernel} ${change.flavour}`)
    const suite = suitesByName.get(change.suite)
    if (column && suite) rowOf(suite, change.test).changes.set(column.index, change)
  }
  return { data, columns, suites, changes, baseline, totals }
}

/** The results of a test, on one column or on all. */
export const cellsOf = (row: PageRow, column: number | undefined): PageCell[] => {
  if (column === undefined) return [...row.cells.values()]
  const cell = row.cells.get(column)
  return cell === undefined ? [] : [cell]
}

export const troubled = (model: Model): boolean =>
  ORDER.some(end => endNeedsAttention(end) && model.totals[end] > 0)
