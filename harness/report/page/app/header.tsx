import { useState } from 'preact/hooks'
import { durationText, plural } from './ends.js'
import { GoLink } from './go-link.js'
import type { Model } from './model.js'
import { usePage } from './navigation.js'
import type { View } from './page-address.js'
import { currentTheme, toggleTheme } from './theme.js'
import { columnNoun, pageVerdictOf } from './verdict.js'

const WORDS: Readonly<Record<View, string>> = {
  results: 'Results',
  promises: 'Promises',
  coverage: 'Coverage',
  run: 'This run',
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'full',
  timeStyle: 'short',
  timeZone: 'UTC',
})

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const { model, place } = usePage()
  const { run } = model.data
  const [theme, setTheme] = useState(currentTheme)
  const { mood, sentence } = pageVerdictOf(model)
  const views: View[] = [
    'results',
    'promises',
    ...(model.data.coverage ? ['coverage' as const] : []),
    'run',
  ]
  return (
    <header>
      <div class="top">
        <p class="brand">
          modprove <span class="quiet">{TIME.format(new Date(run.at))} UTC</span>
        </p>
        <nav aria-label="Views">
          {views.map(view => (
            <GoLink
              key={view}
              to={{ view, open: undefined }}
              aria-current={place.view === view ? 'page' : undefined}
            >
              {WORDS[view]}
            </GoLink>
          ))}
        </nav>
        <button
          class="icon"
          aria-label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
          title="Light or dark (t)"
          onClick={() => setTheme(toggleTheme())}
        >
          ◐
        </button>
        <button class="icon" aria-label="Help: keys and marks" title="Keys (?)" onClick={onHelp}>
          ?
        </button>
      </div>
      <h1 class={`verdict ${mood}`}>{sentence}</h1>
      <p class="facts">
        {[...countsOf(model), ...factsOf(model)].map(fact => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
    </header>
  )
}

function countsOf({ totals, columns, suites }: Model): string[] {
  const counts = [
    [totals.p + totals.y, 'passed'],
    [totals.f, 'failed'],
    [totals.e, 'in error'],
    [totals.m, 'not run'],
    [totals.y, 'of the passed flaky'],
    [totals.x, 'failed as expected'],
    [totals.s, 'skipped'],
  ] as const
  const shown = counts.filter(([count, word]) => count > 0 || word === 'passed')
  return [
    shown.map(([count, word]) => `${count.toLocaleString('en')} ${word}`).join(', '),
    `${plural(columns.length, columnNoun(columns))} × ${plural(suites.length, 'suite')}`,
  ]
}

function factsOf({ data: { run } }: Model): string[] {
  return [
    ...(run.end === undefined ? [] : [durationText(run.end.durationMs)]),
    ...(run.commit === null ? [] : [`commit ${run.commit.slice(0, 12)}`]),
    run.host.accelerator === 'tcg' ? 'on emulation' : run.host.accelerator.toUpperCase(),
  ]
}
