import { useId, useRef, useState } from 'react'
import { write } from '../draft/draft.ts'
import type { DraftView } from '../draft/use-draft.ts'
import { Places } from './places.tsx'

/** The same draft as text. What is wrong with it is said with its line; comments stay as they are. */
export function YamlTab({ view: { policy, text, check } }: { readonly view: DraftView }) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLPreElement>(null)
  // What is being typed is shown at once; the draft hears of it when the writer pauses.
  const [typed, setTyped] = useState<string | null>(null)
  const shown = typed ?? text
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const type = (next: string) => {
    setTyped(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => settle(next), PAUSE_MS)
  }
  const settle = (next: string) => {
    clearTimeout(timer.current)
    write(policy, next)
    setTyped(null)
  }
  const goTo = (line: number) => {
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0)
    area.current?.focus()
    area.current?.setSelectionRange(start, start + (text.split('\n')[line - 1]?.length ?? 0))
  }
  return (
    <>
      <Places places={check.problems} goTo={goTo} />
      <label className="yaml-label" htmlFor={id}>
        Policy document
      </label>
      <div className="yaml-frame">
        <pre ref={gutter} className="yaml-lines" aria-hidden="true">
          {shown.split('\n').map((_, index) => `${index + 1}\n`)}
        </pre>
        <textarea
          id={id}
          ref={area}
          className="yaml"
          rows={32}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          aria-invalid={!check.valid}
          value={shown}
          onChange={({ target }) => type(target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop
          }}
          onBlur={() => typed !== null && settle(typed)}
        />
      </div>
    </>
  )
}

const PAUSE_MS = 300
