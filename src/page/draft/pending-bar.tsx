import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { rehearsedQuery } from '../api/queries.ts'
import { judgeRehearsal } from '../review/judge-rehearsal.ts'
import { useMay } from '../session/session-context.ts'
import { describeCount } from '../show/describe-amount.ts'
import { discard } from './draft.ts'
import { useDraft } from './use-draft.ts'

const ReviewDialog = lazy(() =>
  import('../review/review-dialog.tsx').then(({ ReviewDialog }) => ({ default: ReviewDialog })),
)

/** Says on every screen that something waits to be applied, and leads there. */
export function PendingBar() {
  const { data: view } = useDraft()
  const [isReviewing, setReviewing] = useState(false)
  const mayApply = useMay('operator')
  const close = () => {
    setReviewing(false)
    // Once applied, the button that had the focus is gone; whoever reads by keyboard goes on at the screen.
    setTimeout(() => document.activeElement === document.body && document.getElementById('main')?.focus(), 50)
  }
  const hasDraft = view !== undefined && view.draft !== null
  const count = view?.check.sentences.length ?? 0
  const { data: rehearsal } = useQuery(rehearsedQuery(view?.text ?? ''))
  // What was rehearsed was held against the version the draft began from.
  const { breaking, letThrough } = judgeRehearsal(view?.isOvertaken === false ? (rehearsal ?? null) : null)
  return (
    <>
      {hasDraft && (
        <section className="pending" aria-label="Unsaved changes">
          <p>
            <strong>{count === 1 ? '1 unsaved change' : `${count} unsaved changes`}</strong>
            {view.isOvertaken &&
              !isReviewing &&
              ` · ${view.policy.version.author} applied version ${view.policy.version.number} meanwhile`}
            {breaking > 0 && ` · ${describeCount(breaking, 'backend')} would break`}
            {letThrough > 0 && ` · ${describeCount(letThrough, 'refused backend')} would be let through`}
            {!view.check.valid && ' · the policy has mistakes'}
            {!mayApply && ' · applying takes an operator'}
          </p>
          <button type="button" onClick={discard}>
            Discard
          </button>
          <button type="button" className="main" disabled={!mayApply} onClick={() => setReviewing(true)}>
            Apply
          </button>
        </section>
      )}
      {isReviewing && (
        <Suspense fallback={null}>
          <ReviewDialog close={close} />
        </Suspense>
      )}
    </>
  )
}
