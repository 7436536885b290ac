import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import type { Model } from './model.js'
import { formatPlace, nowhere, parsePlace, type PagePlace } from './place.js'

export interface Navigation {
  readonly place: PagePlace
  /** Adds a step to the browser's history. */
  readonly go: (change: Partial<PagePlace>) => void
  /** Replaces the present step, for example while words are typed. */
  readonly adjust: (change: Partial<PagePlace>) => void
}

export function useNavigation(): Navigation {
  const [place, setPlace] = useState(() => parsePlace(location.hash))
  useEffect(() => {
    const read = (): void => setPlace(parsePlace(location.hash))
    addEventListener('popstate', read)
    addEventListener('hashchange', read)
    return () => {
      removeEventListener('popstate', read)
      removeEventListener('hashchange', read)
    }
  }, [])
  const move = useCallback((change: Partial<PagePlace>, how: 'pushState' | 'replaceState') => {
    const next = { ...parsePlace(location.hash), ...change }
    history[how](null, '', `#${formatPlace(next)}`)
    setPlace(next)
  }, [])
  const go = useCallback((change: Partial<PagePlace>) => move(change, 'pushState'), [move])
  const adjust = useCallback((change: Partial<PagePlace>) => move(change, 'replaceState'), [move])
  return { place, go, adjust }
}

/** An address of the page, for links that can also be opened in a new tab. */
export const addressOf = (place: PagePlace, change: Partial<PagePlace>): string =>
  `#${formatPlace({ ...place, ...change })}`

export interface Page extends Navigation {
  readonly model: Model
}

export const PageContext = createContext<Page | undefined>(undefined)

export function usePage(): Page {
  const page = useContext(PageContext)
  if (page === undefined) throw new Error('outside of the page')
  return page
}

/** Clears the list's filters; the panel stays open. */
export const unfiltered: Partial<PagePlace> = {
  words: nowhere.words,
  ends: nowhere.ends,
  change: nowhere.change,
  column: nowhere.column,
  suite: nowhere.suite,
}
