/** How the controls of a form change the draft: at once for the eye, and in order for the API. */
import { createContext, useContext, useState } from 'react'
import type { Edit } from './policy-spec.ts'

/** Sends edits to the draft; whoever provides it shows what goes wrong. */
export const EditContext = createContext<(edits: readonly Edit[]) => Promise<void>>(async () => {})

/** Gives what changes values of the policy. */
export function useEdit(): (edits: readonly Edit[]) => Promise<void> {
  return useContext(EditContext)
}

/**
 * A value that the reader may change faster than the API answers: what was chosen last is shown until the draft says
 * the same.
 */
export function useAhead<T>(value: T, send: (next: T) => Promise<void>): readonly [T, (next: T) => void] {
  const [ahead, setAhead] = useState<{ readonly value: T } | null>(null)
  const change = (next: T) => {
    const mine = { value: next }
    setAhead(mine)
    void send(next).finally(() => setAhead((now) => (now === mine ? null : now)))
  }
  return [ahead === null ? value : ahead.value, change]
}
