import { plural } from './ends.js'
import type { Model } from './model.js'

export interface PageVerdict {
  /** Good only if every planned test has a result and none failed. */
  readonly mood: 'good' | 'bad' | 'unsure'
  readonly sentence: string
}

/** ` on 6.12 plain and 6.12 debug`, ` on 3 of 10 columns`; empty if there is only one column. */
function on({ columns: all }: Model, some: ReadonlySet<string>): string {
  if (all.length === 1) return ''
  if (some.size <= 2) return ` on ${[...some].join(' and ')}`
  const many = some.size === all.length ? `all ${all.length}` : `${some.size} of ${all.length}`
  return ` on ${many} ${columnNoun(all)}s`
}

/** With only one flavour, a column is called a kernel. */
export const columnNoun = (columns: Model['columns']): string =>
  new Set(columns.map(({ flavour }) => flavour)).size === 1 ? 'kernel' : 'column'

/** The run in a sentence: regressions first, then other failures, then lost tests. */
export function pageVerdictOf(model: Model): PageVerdict {
  const { totals, changes, columns } = model
  const { run } = model.data
  // A column's build has no suite; the sentence has another part for it.
  const regressed = changes.filter(({ change, suite }) => change === 'regressed' && suite !== '')
  const unbuilt = columns.filter(({ failed }) => failed !== undefined && failed.status !== 'xfail')
  const parts: string[] = []
  if (regressed.length > 0) {
    const tests = new Set(regressed.map(({ suite, test }) => `${suite}\n${test}`))
    const where = new Set(regressed.map(({ kernel, flavour }) => `${kernel} ${flavour}`))
    parts.push(`${plural(tests.size, 'test')} regressed${on(model, where)}`)
  } else if (totals.f > 0) {
    const rows = model.suites.flatMap(({ rows }) => rows).filter(({ worst }) => worst === 'f')
    const known = changes.some(({ change }) => change === 'still-failing')
    parts.push(`${plural(rows.length, 'test')} failed${known ? ', none of them newly' : ''}`)
  }
  if (unbuilt.length > 0)
    parts.push(`${plural(unbuilt.length, columnNoun(columns))} could not be made ready`)
  if (totals.e > 0) parts.push(`${plural(totals.e, 'result')} lost`)
  if (totals.m > 0) parts.push(`${plural(totals.m, 'test')} not run`)
  const mood =
    totals.f > 0 || unbuilt.some(({ failed }) => failed?.status === 'fail') ? 'bad' : 'unsure'
  if (parts.length === 0) {
    if (run.end === undefined || run.end.interrupted) {
      return { mood: 'unsure', sentence: 'The run did not end; what it reached passed' }
    }
    const flaky = totals.y > 0 ? `, ${totals.y} of them at the second try` : ''
    if (totals.p + totals.y === 0) return { mood: 'unsure', sentence: 'Nothing ran' }
    const all = plural(totals.p + totals.y, 'test')
    return { mood: 'good', sentence: `All ${all} passed${flaky}` }
  }
  if (run.end?.interrupted) parts.push('the run was interrupted')
  return { mood, sentence: parts.join('; ') }
}
