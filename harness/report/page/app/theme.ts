const KEY = 'modprove-theme'
export type Theme = 'light' | 'dark'

/** A browser may forbid storage to files: the choice then lasts as long as the page. */
function kept(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : undefined
  } catch {
    return undefined
  }
}

export const currentTheme = (): Theme => {
  const chosen = document.documentElement.dataset['theme']
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** The system's theme, unless the reader chose one. */
export function applyTheme(theme = kept()): void {
  if (theme !== undefined) document.documentElement.dataset['theme'] = theme
}

export function toggleTheme(): Theme {
  const theme = currentTheme() === 'dark' ? 'light' : 'dark'
  applyTheme(theme)
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Without storage, the choice lasts as long as the page.
  }
  return theme
}
