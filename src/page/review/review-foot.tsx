import { useId } from 'react'
import { ProblemNote } from '../parts/problem-note.tsx'
import type { Judgement } from './judge-rehearsal.ts'
import { TypeNumber } from './type-number.tsx'

/** What was typed so far of the numbers that are asked for. */
export interface Typed {
  readonly breaking: string
  readonly letThrough: string
}

interface ReviewFootProps {
  readonly judgement: Judgement
  readonly typed: Typed
  readonly setTyped: (typed: Typed) => void
  readonly words: { readonly yes: string; readonly failed: string }
  /** What has to be done first; empty where nothing has. */
  readonly waitsFor: string
  readonly error: unknown
  readonly isSending: boolean
  readonly yes: () => void
  readonly close: () => void
  /** Goes on without the rehearsal; left out where it is over. */
  readonly skip: (() => void) | undefined
}

/** The end of a review, always in sight: the numbers to be typed, and the decision. */
export function ReviewFoot(props: ReviewFootProps) {
  const { judgement, typed, setTyped, words, waitsFor, error, isSending, yes, close, skip } = props
  const id = useId()
  return (
    <div className="dialog-foot">
      <TypeNumber
        count={judgement.breaking}
        says={['backend would break', 'backends would break']}
        value={typed.breaking}
        write={(breaking) => setTyped({ ...typed, breaking })}
      />
      <TypeNumber
        count={judgement.letThrough}
        says={['refused backend would be let through', 'refused backends would be let through']}
        value={typed.letThrough}
        write={(letThrough) => setTyped({ ...typed, letThrough })}
      />
      <ProblemNote error={error} title={words.failed} />
      <div className="row">
        <button
          type="button"
          className="main"
          aria-describedby={id}
          disabled={waitsFor !== '' || isSending}
          onClick={yes}
        >
          {words.yes}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
        {skip !== undefined && (
          <button type="button" onClick={skip}>
            Do not wait for the rehearsal
          </button>
        )}
        <span id={id} className="quiet">
          {waitsFor}
        </span>
      </div>
    </div>
  )
}
