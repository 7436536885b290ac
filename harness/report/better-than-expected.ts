import { columnTitle } from '../contract/column-title.js'
import { grouped } from '../platform/grouped.js'
import type { RunView } from '../record/view.js'

const SHOWN_TESTS = 3
const MAX_CHARACTERS = 1000

/** What passed, or was built, though it was expected to fail: a line for each reason. */
export function betterThanExpected(
  { columns }: Pick<RunView, 'columns'>,
  quote: (text: string, limitCharacters: number) => string,
): string[] {
  const all = columns.flatMap(({ built, jobs, ...column }) => [
    ...(built?.xpass === undefined
      ? []
      : [{ what: `${columnTitle(column)} is built`, why: built.xpass }]),
    ...jobs.flatMap(({ ref, results }) =>
      results.flatMap(({ test, xpass }) =>
        xpass === undefined
          ? []
          : [{ what: `${columnTitle(ref)} ${ref.suite}: ${test}`, why: xpass }],
      ),
    ),
  ])
  return [...grouped(all, ({ why }) => why).values()].map(group => {
    const [{ why }] = group
    const names = group.slice(0, SHOWN_TESTS).map(({ what }) => quote(what, MAX_CHARACTERS))
    const more = group.length > SHOWN_TESTS ? [`and ${group.length - SHOWN_TESTS} more`] : []
    return `passed although expected to fail (${quote(why, MAX_CHARACTERS)}): ${[...names, ...more].join(', ')}`
  })
}
