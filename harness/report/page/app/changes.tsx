import { useMemo } from 'preact/hooks'
import { columnTitle } from '../../../contract/column-title.js'
import type { Change, TestChange } from '../../../contract/events.js'
import { grouped, type Group } from '../../../platform/grouped.js'
import type { Saying } from '../data.js'
import { CHANGE_ORDER, CHANGES } from './ends.js'
import { Badge } from './mark.js'
import type { Model } from './model.js'
import { usePage } from './navigation.js'
import { Said } from './said.js'

const SHOWN = 6

/** Badges first, then regressions with possible causes; the rest is folded. */
export function Changes() {
  const { model, place, go } = usePage()
  const counts = new Map<Change, number>()
  for (const { change } of model.changes) counts.set(change, (counts.get(change) ?? 0) + 1)
  const unbuilt = model.columns.filter(({ failed }) => failed !== undefined)
  const detailed = place.change ?? (counts.has('regressed') ? 'regressed' : undefined)
  if (counts.size === 0 && unbuilt.length === 0) return null
  return (
    <section aria-label="What changed since the last run">
      {counts.size > 0 && (
        <div class="badges" role="group" aria-label="Changes since the last run">
          {CHANGE_ORDER.filter(change => counts.has(change)).map(change => (
            <button
              key={change}
              class={`change change-${change}`}
              aria-pressed={place.change === change}
              title={CHANGES[change].says}
              onClick={() => go({ change: place.change === change ? undefined : change })}
            >
              <span aria-hidden="true">{CHANGES[change].glyph}</span>
              <strong>{(counts.get(change) ?? 0).toLocaleString('en')}</strong>{' '}
              {CHANGES[change].word}
            </button>
          ))}
        </div>
      )}
      {unbuilt.map(({ label, failed }) => (
        <details key={label} class="card unbuilt">
          <summary>
            <strong>{label}</strong> could not be made ready: {failed?.problem.message}
            {failed?.reason !== undefined && ` (expected: ${failed.reason})`}
          </summary>
          {failed?.problem.detail !== undefined && <pre>{failed.problem.detail}</pre>}
        </details>
      ))}
      {detailed !== undefined && <ChangeCards change={detailed} />}
    </section>
  )
}

/** Changes on several columns that are shown as one. */
const cardKey = ({ suite, test, lastGood, changed }: TestChange): string =>
  JSON.stringify([suite, test, lastGood, changed])

function ChangeCards({ change }: { readonly change: Change }) {
  const { model, go } = usePage()
  const groups = useMemo(() => {
    const own = model.changes.filter(one => one.change === change)
    return [...grouped(own, cardKey).values()]
  }, [model, change])
  return (
    <ul class="cards">
      {groups.slice(0, SHOWN).map(all => (
        <ChangeCard key={cardKey(all[0])} all={all} />
      ))}
      {groups.length > SHOWN && (
        <li class="quiet">
          and {(groups.length - SHOWN).toLocaleString('en')} tests more{' '}
          <button class="link" onClick={() => go({ change })}>
            list all that are {CHANGES[change].word}
          </button>
        </li>
      )}
    </ul>
  )
}

function ChangeCard({ all }: { readonly all: Group<TestChange> }) {
  const { model, go } = usePage()
  const [first] = all
  return (
    <li class={`card edge-${first.change}`}>
      <Badge change={first.change} />
      {/* A build has no suite, and no page of its own. */}
      {first.suite === '' ? (
        <span class="name">{first.test}</span>
      ) : (
        <button
          class="link name"
          onClick={() => {
            const on = `${first.kernel} ${first.flavour}`
            go({ open: { suite: first.suite, on, test: first.test } })
          }}
        >
          <span class="quiet">{first.suite} › </span>
          {first.test}
        </button>
      )}
      <p class="where">
        on{' '}
        {all.map(change => (
          <span key={`${change.kernel} ${change.flavour}`} class="chip">
            {columnTitle(change)}
          </span>
        ))}
      </p>
      {saidOf(model, all).map(said => (
        <p key={said.text}>
          <Said {...said} />
        </p>
      ))}
      <Why change={first} />
    </li>
  )
}

/** The distinct sayings on a group's columns. */
function saidOf(model: Model, all: readonly TestChange[]): Saying[] {
  const sayings = all.flatMap(({ kernel, flavour, suite, test }) => {
    const column = model.columns.find(({ name }) => name === `${kernel} ${flavour}`)
    const row = model.suites
      .find(({ name }) => name === suite)
      ?.rows.find(({ name }) => name === test)
    const said = column && row?.cells.get(column.index)?.said
    return said === undefined ? [] : [said]
  })
  return [...new Set(sayings)]
}

/** What else changed since the test last passed. */
export function Why({ change }: { readonly change: TestChange }) {
  const { changed, lastGood, since, flaky } = change
  const at = (time: string) => time.slice(0, 16).replace('T', ' ')
  return (
    <>
      {lastGood !== undefined && (
        <p class="quiet">
          last passed {at(lastGood.at)} in <span class="run">{lastGood.run}</span>
        </p>
      )}
      {lastGood === undefined && since !== undefined && (
        <p class="quiet">
          compared with <span class="run">{since.run}</span> of {at(since.at)}
        </p>
      )}
      {flaky !== undefined && (
        <p class="quiet">
          flaky in {flaky.times} of its last {flaky.runs} runs
        </p>
      )}
      {changed !== undefined && (
        <ul class="changed" aria-label="What changed since">
          {changed.length === 0 && <li class="quiet">nothing else that is recorded has changed</li>}
          {changed.map(({ what, from, to }) => (
            <li key={what}>
              <span class="what">{what}</span> <del>{short(from)}</del> → <ins>{short(to)}</ins>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** Abbreviates a hash of a commit or of content, as git does. */
const short = (text: string): string => (/^[0-9a-f]{40}$/.test(text) ? text.slice(0, 12) : text)
