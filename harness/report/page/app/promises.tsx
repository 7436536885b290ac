import { comparePromises, promisesOf } from '../../../platform/names/promise-ids.js'
import type { EndLetter } from '../data.js'
import { FactsTable } from './facts-table.js'
import { GoLink } from './go-link.js'
import { Mark } from './mark.js'
import { worse, type PageColumn, type Model } from './model.js'
import { usePage } from './navigation.js'
import { nowhere } from './page-address.js'

/** One promise on one column: proved if a test of it passed and the others passed or skipped. */
type Outcome = 'proved' | 'open' | 'skipped'

function outcomesOf(
  model: Model,
  { index }: PageColumn,
): Map<string, { outcome: Outcome; worst: EndLetter }> {
  const ends = new Map<string, EndLetter[]>()
  for (const { rows } of model.suites) {
    for (const { name, cells } of rows) {
      const end = cells.get(index)?.end
      if (end === undefined) continue
      for (const promise of promisesOf(name)) {
        ends.set(promise, [...(ends.get(promise) ?? []), end])
      }
    }
  }
  return new Map(
    [...ends]
      .sort(([a], [b]) => comparePromises(a, b))
      .map(([promise, all]) => {
        const worst = all.reduce(worse)
        const isOpen = all.some(end => ['f', 'e', 'm', 'x'].includes(end))
        const isSkipped = all.every(end => end === 's')
        return [promise, { outcome: isOpen ? 'open' : isSkipped ? 'skipped' : 'proved', worst }]
      }),
  )
}

export function Promises() {
  const { model } = usePage()
  const columns = model.columns.map(column => ({
    column,
    outcomes: [...outcomesOf(model, column)],
  }))
  if (columns.every(({ outcomes }) => outcomes.length === 0)) {
    return <p class="empty">No test of this run names a promise.</p>
  }
  const chips = (column: PageColumn, outcomes: (typeof columns)[number]['outcomes']) =>
    outcomes.map(([promise, { worst }]) => (
      <GoLink key={promise} class="chip" to={{ ...nowhere, words: promise, column: column.name }}>
        <Mark end={worst} /> {promise}
      </GoLink>
    ))
  return (
    <section aria-labelledby="promises-title">
      <h2 id="promises-title">Promises, by kernel</h2>
      <FactsTable
        heads={['Kernel', 'Proved', 'Not proved', 'Skipped']}
        rows={columns.map(({ column, outcomes }) => {
          const those = (wanted: Outcome) =>
            outcomes.filter(([, { outcome }]) => outcome === wanted)
          const proved = those('proved').length
          const all = outcomes.length
          const share = (
            <>
              <meter min={0} max={Math.max(all, 1)} value={proved} aria-hidden="true" />{' '}
              {column.failed === undefined ? `${proved} of ${all}` : 'could not be made ready'}
            </>
          )
          const rest = (['open', 'skipped'] as const).map(one => chips(column, those(one)))
          return { head: column.label, cells: [share, ...rest] }
        })}
      />
    </section>
  )
}
