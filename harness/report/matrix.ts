import { sum, type Counts } from '../contract/events.js'
import type { ColumnView, RunView } from '../record/view.js'

/**
 * Result of a suite on one kernel: `absent` if it was not planned there, `unbuilt` if the kernel or
 * the module was not built, or its machine did not boot.
 */
export type CellKind =
  'pass' | 'fail' | 'lost' | 'not-run' | 'flaky' | 'skip' | 'xfail' | 'absent' | 'unbuilt'

export interface MatrixCell {
  readonly kind: CellKind
  /** Number of tests with this result. */
  readonly count: number
}

interface MatrixRow {
  readonly suite: string
  /** One for each column. */
  readonly cells: readonly MatrixCell[]
}

export interface Matrix {
  readonly columns: readonly ColumnView[]
  readonly rows: readonly MatrixRow[]
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

function cellOf({ failed, jobs }: ColumnView, suite: string): MatrixCell {
  const own = jobs.filter(({ ref }) => ref.suite === suite)
  if (own.length === 0) return { kind: 'absent', count: 0 }
  if (failed?.status === 'xfail') return { kind: 'xfail', count: 0 }
  if (failed !== undefined) return { kind: 'unbuilt', count: 0 }
  return cellOfCounts(sum(...own.map(({ counts }) => counts)))
}

/** The worst status and its count; lost tests never count as passed. */
function cellOfCounts({ pass, fail, skip, xfail, error, miss, flaky }: Counts): MatrixCell {
  if (fail > 0) return { kind: 'fail', count: fail }
  if (error > 0) return { kind: 'lost', count: error }
  if (miss > 0) return { kind: 'not-run', count: miss }
  if (flaky > 0) return { kind: 'flaky', count: flaky }
  if (pass > 0) return { kind: 'pass', count: pass }
  if (xfail > 0) return { kind: 'xfail', count: xfail }
  return { kind: 'skip', count: skip }
}
