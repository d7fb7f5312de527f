import { useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { areShortcutsOn, shortcuts, turnShortcuts } from './shortcuts.ts'

/** Every key there is, and where it acts. */
export function ShortcutSheet({ close }: { readonly close: () => void }) {
  const [isOn, setOn] = useState(areShortcutsOn)
  const turn = (on: boolean) => {
    turnShortcuts(on)
    setOn(on)
  }
  return (
    <Dialog title="Keyboard shortcuts" close={close}>
      <h3>Everywhere</h3>
      <Keys keys={[...shortcuts, { key: 'Escape', says: 'closes what stands over the screen' }]} />
      <label className="choice">
        <input type="checkbox" checked={isOn} onChange={({ target }) => turn(target.checked)} />
        <span>
          Keys of a single sign act
          <span>Turned off, ? and / are signs like any other. The menu under your name still opens this sheet.</span>
        </span>
      </label>
      <h3>In the two columns of suites</h3>
      <Keys keys={columnKeys} />
      <button type="button" className="main" onClick={close}>
        Close
      </button>
    </Dialog>
  )
}

function Keys({ keys }: { readonly keys: typeof shortcuts }) {
  return (
    <dl className="facts">
      {keys.map(({ key, says }) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
  )
}

const columnKeys: typeof shortcuts = [
  { key: 'Space', says: 'marks a suite; Shift with the arrows or Ctrl+A marks several' },
  { key: 'Enter, Alt+→', says: 'adds what is marked in Available' },
  { key: 'Delete, Alt+←', says: 'takes out what is marked in Selected' },
  { key: 'Alt+↑, Alt+↓', says: 'moves it up or down in Selected' },
]
