import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import type { Model } from './model.js'
import { formatAddress, nowhere, parseAddress, type PageAddress } from './page-address.js'

export interface Navigation {
  readonly place: PageAddress
  /** Adds a step to the browser's history. */
  readonly go: (change: Partial<PageAddress>) => void
  /** Replaces the present step, for example while words are typed. */
  readonly adjust: (change: Partial<PageAddress>) => void
}

export function useNavigation(): Navigation {
  const [place, setPlace] = useState(() => parseAddress(location.hash))
  useEffect(() => {
    const read = (): void => setPlace(parseAddress(location.hash))
    addEventListener('popstate', read)
    addEventListener('hashchange', read)
    return () => {
      removeEventListener('popstate', read)
      removeEventListener('hashchange', read)
    }
  }, [])
  const move = useCallback((change: Partial<PageAddress>, how: 'pushState' | 'replaceState') => {
    const next = { ...parseAddress(location.hash), ...change }
    history[how](null, '', `#${formatAddress(next)}`)
    setPlace(next)
  }, [])
  const go = useCallback((change: Partial<PageAddress>) => move(change, 'pushState'), [move])
  const adjust = useCallback((change: Partial<PageAddress>) => move(change, 'replaceState'), [move])
  return { place, go, adjust }
}

/** An address of the page, for links that can also be opened in a new tab. */
export const addressOf = (place: PageAddress, change: Partial<PageAddress>): string =>
  `#${formatAddress({ ...place, ...change })}`

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
export const unfiltered: Partial<PageAddress> = {
  words: nowhere.words,
  ends: nowhere.ends,
  change: nowhere.change,
  column: nowhere.column,
  suite: nowhere.suite,
}
