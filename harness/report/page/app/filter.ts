import type { EndLetter } from '../data.js'
import { endNeedsAttention, ORDER } from './ends.js'
import { cellsOf, troubled, type Model, type PageRow, type Suite } from './model.js'
import type { PageAddress } from './page-address.js'

/** The ends to list if none is chosen. */
export const endsShown = (model: Model, place: PageAddress): readonly EndLetter[] => {
  if (place.ends !== undefined) return place.ends
  // A search for a word, a suite or a change lists all its results.
  const asked = place.words !== '' || place.suite !== undefined || place.change !== undefined
  return !asked && troubled(model) ? ORDER.filter(endNeedsAttention) : ORDER
}

export interface SuiteRows {
  readonly suite: Suite
  readonly rows: readonly PageRow[]
}

/** The list's content by suite; those that need attention first. */
export function filtered(model: Model, place: PageAddress): SuiteRows[] {
  const words = place.words.toLowerCase().split(/\s+/).filter(Boolean)
  const ends = new Set(endsShown(model, place))
  const column = model.columns.find(({ name }) => name === place.column)?.index
  const matches = (row: PageRow): boolean => {
    if (place.change !== undefined) {
      const changes = column === undefined ? [...row.changes.values()] : [row.changes.get(column)]
      if (!changes.some(change => change?.change === place.change)) return false
    }
    const cells = cellsOf(row, column)
    // A test that is gone has no cells; it is listed as a change only.
    if (cells.length > 0 || place.change === undefined) {
      if (!cells.some(({ end }) => ends.has(end))) return false
    }
    const text = `${row.suite.name} ${row.suite.title} ${row.name}`.toLowerCase()
    return words.every(word => text.includes(word))
  }
  return model.suites
    .filter(suite => place.suite === undefined || suite.name === place.suite)
    .map(suite => ({
      suite,
      rows: suite.rows.filter(matches).sort((a, b) => rank(a) - rank(b)),
    }))
    .filter(({ rows }) => rows.length > 0)
}

/** Passed and skipped tests keep the order in which they ran. */
const rank = ({ worst }: PageRow): number =>
  endNeedsAttention(worst) ? ORDER.indexOf(worst) : ORDER.length
