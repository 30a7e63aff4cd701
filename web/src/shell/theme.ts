export type Theme = 'light' | 'dark' | 'system'

const dark = matchMedia('(prefers-color-scheme: dark)')

export function readTheme(): Theme {
  try {
    const stored = localStorage.getItem('baton.theme')
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

/** Puts the wish, or what the system says, on the page; charts are told by an event. */
export function applyTheme(theme: Theme = readTheme()): void {
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
  try {
    localStorage.setItem('baton.theme', theme)
  } catch {
    // The wish then holds for this page only.
  }
  dispatchEvent(new Event('baton-theme'))
}

dark.addEventListener('change', () => applyTheme())
