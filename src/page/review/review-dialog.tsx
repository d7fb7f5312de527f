/** Review and apply: first what the change means, then how it comes into force. What somebody else did stands in between. */
import { useState } from 'react'
import type { Operation } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { discard } from '../draft/draft.ts'
import { useDraft } from '../draft/use-draft.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Changes, countErrors } from './changes.tsx'
import { Conflict } from './conflict.tsx'
import { Progress } from './progress.tsx'
import { Review } from './review.tsx'

export function ReviewDialog({ close }: { readonly close: () => void }) {
  const { data: view } = useDraft()
  const [operation, follow] = useState<Operation | null>(null)
  if (operation !== null) {
    return (
      <Dialog title="Applying" close={close} isFixed>
        <Progress operation={operation} close={close} applied={discard} />
      </Dialog>
    )
  }
  if (view === undefined) return null
  const { draft } = view
  if (draft === null) {
    return (
      <Dialog title="Nothing is left to apply" close={close}>
        <p>The draft says the same as the version in force.</p>
        <button type="button" onClick={close}>
          OK
        </button>
      </Dialog>
    )
  }
  if (view.isOvertaken) {
    return (
      <Dialog title="Somebody else was first" close={close}>
        <Conflict view={view} draft={draft} />
      </Dialog>
    )
  }
  return (
    <Dialog title="Confirm TLS settings change" close={close}>
      <Review
        key={draft.text}
        text={draft.text}
        errors={countErrors(view.check)}
        words={{ yes: 'Yes, apply', failed: 'Nothing was applied' }}
        send={(how) =>
          ask<Operation>('/policy', { method: 'PUT', body: { ...how, text: draft.text }, ifMatch: draft.base.etag })
        }
        follow={follow}
        close={close}
      >
        <Changes check={view.check} />
      </Review>
    </Dialog>
  )
}
