import type { Change } from '../../../contract/events.js'
import { CHANGE_ORDER, ORDER } from './ends.js'
import type { EndLetter } from '../data.js'

const VIEWS = ['results', 'promises', 'coverage', 'run'] as const
export type View = (typeof VIEWS)[number]

/** What the report shows; it is all in the address, so that a link reproduces it. */
export interface PageAddress {
  readonly view: View
  /** Words that must be in the text. */
  readonly words: string
  /** Ends to list; undefined for those that need attention, or all if none does. */
  readonly ends: readonly EndLetter[] | undefined
  readonly change: Change | undefined
  /** Filters of the list: a column, as `6.1 debug`, and a suite, by name. */
  readonly column: string | undefined
  readonly suite: string | undefined
  /** The open panel: a suite on a column, or one test of it. */
  readonly open: { readonly suite: string; readonly on: string; readonly test?: string } | undefined
}

export const nowhere: PageAddress = {
  view: 'results',
  words: '',
  ends: undefined,
  change: undefined,
  column: undefined,
  suite: undefined,
  open: undefined,
}

/** @param hash with or without its `#`; unknown parts are ignored */
export function parseAddress(hash: string): PageAddress {
  const values = new URLSearchParams(hash.replace(/^#/, ''))
  const get = (key: string): string | undefined => values.get(key) ?? undefined
  const [inside, on, test] = [get('in'), get('on'), get('test')]
  const ends = get('ends')
  const open = { suite: inside ?? '', on: on ?? '', ...(test === undefined ? {} : { test }) }
  return {
    view: VIEWS.find(view => view === get('view')) ?? 'results',
    words: get('q') ?? '',
    ends: ends === undefined ? undefined : ORDER.filter(end => ends.includes(end)),
    change: CHANGE_ORDER.find(change => change === get('change')),
    column: get('column'),
    suite: get('suite'),
    open: inside === undefined || on === undefined ? undefined : open,
  }
}

/** The inverse of {@link parseAddress}, without the `#`; empty for {@link nowhere}. */
export function formatAddress({
  view,
  words,
  ends,
  change,
  column,
  suite,
  open,
}: PageAddress): string {
  const values = new URLSearchParams()
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') values.set(key, value)
  }
  if (view !== 'results') set('view', view)
  set('q', words)
  if (ends !== undefined) values.set('ends', ends.join(''))
  set('change', change)
  set('column', column)
  set('suite', suite)
  if (open !== undefined) {
    values.set('in', open.suite)
    values.set('on', open.on)
    set('test', open.test)
  }
  return values.toString()
}
