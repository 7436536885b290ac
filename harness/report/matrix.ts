import type { Counts } from '../contract/events.js'
import { sum, type ColumnView, type RunView } from '../record/view.js'

/** What a suite came to on one kernel: `absent` where it was not planned there, `unbuilt` where the kernel or the module was not built, or its machine did not start. */
export type CellKind =
  'pass' | 'fail' | 'lost' | 'not-run' | 'flaky' | 'skip' | 'absent' | 'unbuilt'

export interface Cell {
  readonly kind: CellKind
  /** Of the tests that make it so. */
  readonly count: number
}

export interface Row {
  readonly suite: string
  /** One a column. */
  readonly cells: readonly Cell[]
}

export interface Matrix {
  readonly columns: readonly ColumnView[]
  readonly rows: readonly Row[]
}

/** Suites by kernels and flavours. */
export function matrixOf(view: RunView): Matrix {
  const { columns } = view
  const suites = new Set(columns.flatMap(({ jobs }) => jobs.map(({ ref }) => ref.suite)))
  const rows = [...suites].map(suite => ({
    suite,
    cells: columns.map(column => cellOf(column, suite)),
  }))
  return { columns, rows }
}

function cellOf({ failed, jobs }: ColumnView, suite: string): Cell {
  const own = jobs.filter(({ ref }) => ref.suite === suite)
  if (own.length === 0) return { kind: 'absent', count: 0 }
  if (failed !== undefined) return { kind: 'unbuilt', count: 0 }
  return cellOfCounts(sum(...own.map(({ counts }) => counts)))
}

/** The worst of it, and how many; lost is never passed. */
function cellOfCounts({ pass, fail, skip, error, miss, flaky }: Counts): Cell {
  if (fail > 0) return { kind: 'fail', count: fail }
  if (error > 0) return { kind: 'lost', count: error }
  if (miss > 0) return { kind: 'not-run', count: miss }
  if (flaky > 0) return { kind: 'flaky', count: flaky }
  if (pass > 0) return { kind: 'pass', count: pass }
  return { kind: 'skip', count: skip }
}
