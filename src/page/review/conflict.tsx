import { useMutation, useQuery } from '@tanstack/react-query'
import { diffQuery } from '../api/queries.ts'
import { type Draft, discard, insistOn, moveOnto } from '../draft/draft.ts'
import type { DraftView } from '../draft/use-draft.ts'
import { Answered } from '../parts/answered.tsx'
import { Diff } from '../parts/diff.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { Sentences } from './sentences.tsx'

interface ConflictProps {
  readonly view: DraftView
  readonly draft: Draft
}

/** Two changes of one version, side by side: nothing is overwritten before somebody has seen both. */
export function Conflict({ view: { policy, check }, draft }: ConflictProps) {
  const { number, author, timeMs, comment } = policy.version
  const theirs = useQuery(diffQuery({ from: draft.base.number, to: number }))
  const move = useMutation({ mutationFn: () => moveOnto(policy) })
  return (
    <>
      <p>
        <strong>{author}</strong> applied version {number} <Time ms={timeMs} />
        {comment !== '' && `: “${comment}”`}. You began from version {draft.base.number}.
      </p>
      <div className="choices">
        <section aria-labelledby="theirs">
          <h3 id="theirs">What {author} changed</h3>
          <Answered query={theirs}>
            {({ sentences, diff }) => (
              <>
                <Sentences sentences={sentences} />
                <Diff text={diff} label={`Lines that ${author} changed`} />
              </>
            )}
          </Answered>
        </section>
        <section aria-labelledby="mine">
          <h3 id="mine">What you changed</h3>
          <Sentences sentences={check.sentences} />
          <Diff text={check.diff} label="Lines that you changed" />
        </section>
      </div>
      <ProblemNote error={move.error} title="Your changes do not fit on theirs" />
      <div className="row">
        {draft.edits !== null && (
          <button type="button" className="main" disabled={move.isPending} onClick={() => move.mutate()}>
            Make my changes on top of version {number}
          </button>
        )}
        <button type="button" className="danger" onClick={() => insistOn(policy)}>
          Keep my text as a whole, and undo theirs
        </button>
        <button type="button" onClick={discard}>
          Discard mine
        </button>
      </div>
    </>
  )
}
