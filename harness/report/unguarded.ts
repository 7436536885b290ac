import type { JobRef, TestEnd } from '../contract/events.js'
import { grouped } from '../platform/grouped.js'
import type { RunView } from '../record/view.js'

/** Tests that a line names. */
const MAX_TESTS = 3

/** A line for each set of checks that were off: `not fully checked by lockdep …: "a", "b"`. */
export function unguardedLines(results: readonly TestEnd[]): string[] {
  const off = results.filter(({ unguarded = [] }) => unguarded.length > 0)
  const found = grouped(off, ({ unguarded = [] }) => unguarded.join(', '))
  return [...found].map(([checks, tests]) => {
    const more = tests.length - MAX_TESTS
    const named = tests.slice(0, MAX_TESTS).map(({ test }) => `"${test}"`)
    const rest = more > 0 ? ` and ${more} more` : ''
    return `not fully checked by ${checks}, after a known finding: ${named.join(', ')}${rest}`
  })
}

/** The same for a whole run, each line with its job. */
export const unguardedJobs = ({ columns }: RunView): { ref: JobRef; line: string }[] =>
  columns.flatMap(({ jobs }) =>
    jobs.flatMap(({ ref, results }) => unguardedLines(results).map(line => ({ ref, line }))),
  )
