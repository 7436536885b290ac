import { useEffect } from 'preact/hooks'
import type { Navigation } from './navigation.js'
import { toggleTheme } from './theme.js'

export const SEARCH_ID = 'search'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === 'search'

/** Moves the focus among the tests of the list. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.test-row')]
  const at = rows.findIndex(row => row === document.activeElement)
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : at + by
  rows[next]?.focus()
}

/** Keys of the whole page; `help.tsx` lists them. */
export function useKeys(
  { place, go }: Navigation,
  help: boolean,
  setHelp: (open: boolean) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || help) return
      if (event.key === 'Escape') {
        if (isTyping(event.target)) (event.target as HTMLElement).blur()
        else if (place.open !== undefined) go({ open: undefined })
        return
      }
      if (isTyping(event.target)) return
      const actions: Readonly<Record<string, () => void>> = {
        '/': () => document.getElementById(SEARCH_ID)?.focus(),
        '?': () => setHelp(true),
        t: toggleTheme,
        j: () => step(1),
        k: () => step(-1),
      }
      const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [place, go, help, setHelp])
}
