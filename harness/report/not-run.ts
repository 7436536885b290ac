import { grouped } from '../platform/grouped.js'
import type { RunView } from '../record/view.js'

/** Planned tests that were not run for one reason. */
export interface NotRun {
  readonly reason: string
  readonly tests: number
  readonly suites: ReadonlySet<string>
}

/** Tests that were not run, by reason, the most frequent first. */
export function notRunByReason({ columns }: RunView): NotRun[] {
  const missed = columns
    .flatMap(({ jobs }) => jobs)
    .flatMap(({ ref, results }) => results.map(result => ({ ...result, suite: ref.suite })))
    .filter(({ status }) => status === 'miss')
  return [...grouped(missed, ({ reason = 'no reason recorded' }) => reason)]
    .map(([reason, tests]) => {
      return { reason, tests: tests.length, suites: new Set(tests.map(({ suite }) => suite)) }
    })
    .sort((a, b) => b.tests - a.tests)
}

/** For formats without a status for it but skipped: `not run: the run was interrupted`. */
export const notRunReason = (reason = ''): string =>
  reason === '' ? 'not run' : `not run: ${reason}`

const MAX_SUITES = 6

/** `13 tests of ioctl, mmap` */
export function notRunText({ tests, suites }: NotRun): string {
  const names = [...suites]
  const more = names.length - MAX_SUITES
  const shown = names.slice(0, MAX_SUITES).join(', ')
  return `${tests} ${tests === 1 ? 'test' : 'tests'} of ${shown}${more > 0 ? ` and ${more} suites more` : ''}`
}
