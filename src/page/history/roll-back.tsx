import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation, VersionHead } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { checkQuery, queries, versionQuery } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Changes, countErrors } from '../review/changes.tsx'
import { Progress } from '../review/progress.tsx'
import { Review } from '../review/review.tsx'

interface RollBackProps {
  readonly version: VersionHead
  readonly close: () => void
}

/** Brings an earlier version back, as a new one, after the same review as any other change. */
export function RollBack({ version: { number }, close }: RollBackProps) {
  const [operation, follow] = useState<Operation | null>(null)
  if (operation !== null) {
    return (
      <Dialog title={`Rolling back to version ${number}`} close={close} isFixed>
        <Progress operation={operation} close={close} />
      </Dialog>
    )
  }
  return (
    <Dialog title={`Roll back to version ${number}?`} close={close}>
      <RollBackReview number={number} follow={follow} close={close} />
    </Dialog>
  )
}

interface RollBackReviewProps {
  readonly number: number
  readonly follow: (operation: Operation) => void
  readonly close: () => void
}

function RollBackReview({ number, follow, close }: RollBackReviewProps) {
  const { data: policy } = useQuery(queries.policy)
  const version = useQuery(versionQuery(number))
  const [text, against] = [version.data?.text ?? '', policy?.version.number ?? 0]
  const check = useQuery({ ...checkQuery({ text, against }), enabled: version.isSuccess && against > 0 })
  if (version.isError) return <ProblemNote error={version.error} title="This version could not be fetched" />
  return (
    <Answered query={check}>
      {(found) => (
        <Review
          // What somebody else applies meanwhile is another change to decide about.
          key={against}
          text={text}
          errors={countErrors(found)}
          words={{ yes: 'Yes, roll back', failed: 'Nothing was rolled back' }}
          send={(how) =>
            ask<Operation>('/policy/rollback', {
              method: 'POST',
              body: { ...how, version: number },
              ifMatch: policy?.etag ?? '',
            })
          }
          follow={follow}
          close={close}
        >
          <Changes check={found} />
        </Review>
      )}
    </Answered>
  )
}
