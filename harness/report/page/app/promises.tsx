import { comparePromises, promisesOf } from '../../../platform/promises.js'
import type { End } from '../data.js'
import { Mark } from './mark.js'
import { worse, type Column, type Model } from './model.js'
import { addressOf, usePage } from './navigation.js'
import { nowhere } from './place.js'

/** One promise on one column: proved if a test of it passed and the others passed or skipped. */
type Outcome = 'proved' | 'open' | 'skipped'

function outcomesOf(model: Model, { place }: Column): Map<string, { of: Outcome; worst: End }> {
  const ends = new Map<string, End[]>()
  for (const { rows } of model.suites) {
    for (const { name, cells } of rows) {
      const end = cells.get(place)?.end
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
        const isOpen = all.some(end => end === 'f' || end === 'e' || end === 'm')
        const isSkipped = all.every(end => end === 's')
        return [promise, { of: isOpen ? 'open' : isSkipped ? 'skipped' : 'proved', worst }]
      }),
  )
}

export function Promises() {
  const { model, place, go } = usePage()
  const columns = model.columns.map(column => ({
    column,
    outcomes: [...outcomesOf(model, column)],
  }))
  if (columns.every(({ outcomes }) => outcomes.length === 0)) {
    return <p class="empty">No test of this run names a promise.</p>
  }
  const chips = (column: Column, outcomes: (typeof columns)[number]['outcomes']) =>
    outcomes.map(([promise, { worst }]) => {
      const there = { ...nowhere, words: promise, column: column.name }
      return (
        <a
          key={promise}
          class="chip"
          href={addressOf(place, there)}
          onClick={event => {
            event.preventDefault()
            go(there)
          }}
        >
          <Mark end={worst} /> {promise}
        </a>
      )
    })
  return (
    <section aria-labelledby="promises-title">
      <h2 id="promises-title">Promises, by kernel</h2>
      <div class="map-scroll">
        <table class="facts-table">
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col">Proved</th>
              <th scope="col">Not proved</th>
              <th scope="col">Skipped</th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ column, outcomes }) => {
              const those = (of: Outcome) => outcomes.filter(([, outcome]) => outcome.of === of)
              const proved = those('proved').length
              return (
                <tr key={column.place}>
                  <th scope="row">{column.label}</th>
                  <td>
                    <meter
                      min={0}
                      max={Math.max(outcomes.length, 1)}
                      value={proved}
                      aria-hidden="true"
                    />{' '}
                    {column.failed === undefined
                      ? `${proved} of ${outcomes.length}`
                      : 'could not be made ready'}
                  </td>
                  <td>{chips(column, those('open'))}</td>
                  <td>{chips(column, those('skipped'))}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
