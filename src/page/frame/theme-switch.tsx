import { useState } from 'react'
import { chooseTheme, storedTheme, type Theme, themes } from './theme.ts'

/** Chooses between light and dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme)
  const choose = (next: Theme) => {
    chooseTheme(next)
    setTheme(next)
  }
  return (
    <label className="theme">
      <span className="only-heard">Theme</span>
      <select value={theme} onChange={({ target }) => choose(target.value as Theme)}>
        {themes.map((each) => (
          <option key={each} value={each}>
            {each === 'system' ? 'System theme' : each === 'light' ? 'Light' : 'Dark'}
          </option>
        ))}
      </select>
    </label>
  )
}
