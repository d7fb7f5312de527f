import { lazy, Suspense, useState } from 'react'
import { useMay } from '../session/session-context.ts'
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
  // While it is being applied, the dialog tells all there is to tell.
  const hasDraft = !isReviewing && view !== undefined && view.draft !== null
  const count = view?.check.sentences.length ?? 0
  return (
    <>
      {hasDraft && (
        <section className="pending" aria-label="Unsaved changes">
          <p>
            <strong>{count === 1 ? '1 unsaved change' : `${count} unsaved changes`}</strong>
            {view.isOvertaken &&
              ` · ${view.policy.version.author} applied version ${view.policy.version.number} meanwhile`}
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
          <ReviewDialog close={() => setReviewing(false)} />
        </Suspense>
      )}
    </>
  )
}
