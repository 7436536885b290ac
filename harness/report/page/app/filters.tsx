import type { EndLetter } from '../data.js'
import { CHANGES, ENDS, ORDER } from './ends.js'
import { endsShown } from './filter.js'
import { SEARCH_ID } from './keys.js'
import { Mark } from './mark.js'
import { unfiltered, usePage } from './navigation.js'

/** The list's filters; the address holds them. */
export function Filters({ shown }: { readonly shown: string }) {
  const { model, place, go, adjust } = usePage()
  const ends = endsShown(model, place)
  const toggle = (end: EndLetter): void => {
    const next = ORDER.filter(one => (one === end) !== ends.includes(one))
    go({ ends: next })
  }
  const pills = [
    ...(place.change === undefined
      ? []
      : [{ key: 'change' as const, text: CHANGES[place.change].word }]),
    ...(place.suite === undefined ? [] : [{ key: 'suite' as const, text: place.suite }]),
    ...(place.column === undefined ? [] : [{ key: 'column' as const, text: place.column }]),
  ]
  const isFiltered = pills.length > 0 || place.words !== '' || place.ends !== undefined
  return (
    <div class="filters">
      <input
        id={SEARCH_ID}
        type="search"
        placeholder="Search tests and suites   /"
        aria-label="Search tests and suites"
        value={place.words}
        onInput={event => adjust({ words: event.currentTarget.value })}
        spellcheck={false}
      />
      <div class="toggles" role="group" aria-label="How tests ended">
        {ORDER.filter(end => model.totals[end] > 0).map(end => (
          <button
            key={end}
            class="toggle"
            aria-pressed={ends.includes(end)}
            onClick={() => toggle(end)}
          >
            <Mark end={end} /> <span aria-hidden="true">{ENDS[end].word}</span>{' '}
            <span class="quiet">{model.totals[end].toLocaleString('en')}</span>
          </button>
        ))}
      </div>
      {pills.map(({ key, text }) => (
        <button
          key={key}
          class="pill"
          aria-label={`Only ${text}: take this filter away`}
          onClick={() => go({ [key]: undefined })}
        >
          {text} <span aria-hidden="true">✕</span>
        </button>
      ))}
      {isFiltered && (
        <button class="link" onClick={() => go(unfiltered)}>
          clear all
        </button>
      )}
      <p class="quiet count" role="status">
        {shown}
      </p>
    </div>
  )
}
