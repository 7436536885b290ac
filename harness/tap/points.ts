import type { Level, TapPoint } from './level.js'
import type { PointLine } from './line.js'

/** Problems of a stream or a subtest that are shown. */
export const SHOWN_PROBLEMS = 20

/** The tests of a subtest, and its test point where that contradicts them. */
export function withChild(own: TapPoint, child: Level): TapPoint[] {
  // A program that skips the rest of its plan is skipped by its runner.
  child.finish(child.isInComments && own.outcome === 'skip')
  const title = child.name || own.name || 'a subtest'
  const points = inside(child, title)
  const isReported = points.length > 0 && own.outcome === (child.ok ? 'pass' : 'fail')
  return isReported ? points : [...points, own]
}

/** The tests and problems of a subtest, as those of its parent. */
export const inside = ({ points, complaints }: Level, ...title: string[]): TapPoint[] => [
  ...points.map(point => ({ ...point, path: [...title, ...point.path] })),
  ...complaints.slice(0, SHOWN_PROBLEMS).map(problem => complaint(title, problem)),
]

const complaint = (path: readonly string[], name: string): TapPoint => ({
  path,
  name,
  number: undefined,
  ok: false,
  outcome: 'fail',
  reason: '',
  detail: '',
})

/** A test point's outcome by its directive. */
export function outcomeOf({ ok, directive }: PointLine): Pick<TapPoint, 'outcome' | 'reason'> {
  switch (directive?.word) {
    case 'skip':
      return { outcome: 'skip', reason: directive.reason }
    case 'todo':
      return { outcome: 'todo', reason: directive.reason }
    case 'xfail':
      return { outcome: 'todo', reason: directive.reason || 'expected to fail' }
    case 'timeout':
    case 'error':
      return { outcome: 'fail', reason: `${directive.word} ${directive.reason}`.trim() }
    case undefined:
      return { outcome: ok ? 'pass' : 'fail', reason: '' }
  }
}
