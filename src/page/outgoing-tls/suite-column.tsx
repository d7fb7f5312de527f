import { type KeyboardEvent, useId } from 'react'
import { Group } from 'react-aria-components/Group'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Breakable } from '../show/breakable.tsx'
import type { SuiteOption } from './suite-option.ts'

interface SuiteColumnProps {
  readonly title: string
  readonly options: readonly SuiteOption[]
  readonly marked: readonly string[]
  readonly mark: (keys: readonly string[]) => void
  /** Hears of every key before the list does; gives true where it has taken it. */
  readonly pressed: (event: KeyboardEvent, focused: string) => boolean
}

/** One of the two columns: a list in which several suites can be marked, by keyboard as by pointer. */
export function SuiteColumn({ title, options, marked, mark, pressed }: SuiteColumnProps) {
  const id = useId()
  const hear = (event: KeyboardEvent) => {
    const focused = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key ?? ''
    if (!pressed(event, focused)) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <Group className="column" aria-labelledby={id} onKeyDownCapture={hear}>
      <h3 id={id}>{title}</h3>
      <ListBox
        className="suites"
        aria-labelledby={id}
        selectionMode="multiple"
        selectedKeys={marked}
        onSelectionChange={(keys) => mark(keys === 'all' ? options.map(({ key }) => key) : [...keys].map(String))}
        items={options.map((option) => ({ ...option, id: option.key }))}
        renderEmptyState={() => <p className="quiet">Nothing here.</p>}
      >
        {({ key, name, inDefault, marks, remarks }) => (
          <ListBoxItem id={key} className="suite" textValue={name}>
            <span className={inDefault ? 'in-default' : ''}>
              <Breakable name={name} />
            </span>{' '}
            <span className="suite-marks">
              {marks.map(({ text, kind }) => (
                <span key={text} className={`badge ${kind}`}>
                  {text}
                </span>
              ))}
              {remarks !== '' && <span className="quiet small">{remarks}</span>}
            </span>
          </ListBoxItem>
        )}
      </ListBox>
    </Group>
  )
}
