import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Anchor, TrustStore } from '../../admin/contract.ts'
import { change } from '../api/change.ts'
import { backendLook } from '../api/looks.ts'
import { queries } from '../api/queries.ts'
import { Loading } from '../parts/loading.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { Drawer } from '../show/drawer.tsx'
import { standsOn } from './chains-through.ts'

interface RemoveCertificateProps {
  readonly store: TrustStore
  readonly anchor: Anchor
  readonly onClose: () => void
}

/** Asks once more before a certificate is trusted no longer, and says which backends stand on it. */
export function RemoveCertificate({ store: { name, usedBy }, anchor, onClose }: RemoveCertificateProps) {
  const client = useQueryClient()
  const removing = useMutation({
    mutationFn: () =>
      change(`/truststores/${encodeURIComponent(name)}/certificates/${anchor.sha256}`, { method: 'DELETE' }),
    onSuccess: () => {
      toast(`${anchor.subject} is trusted no longer.`)
      for (const key of ['truststores', 'backends']) void client.invalidateQueries({ queryKey: [key] })
      onClose()
    },
  })
  return (
    <Drawer title={`Remove ${anchor.subject}?`} onClose={onClose} isDialog>
      <WhoLosesTrust usedBy={usedBy} anchor={anchor} />
      <ProblemNote error={removing.error} title="It is still there" />
      <p className="row">
        <button type="button" className="danger" disabled={removing.isPending} onClick={() => removing.mutate()}>
          {removing.isPending ? 'Removing…' : 'Yes, remove it'}
        </button>
      </p>
    </Drawer>
  )
}

function WhoLosesTrust({ usedBy, anchor }: { readonly usedBy: readonly string[]; readonly anchor: Anchor }) {
  const { data } = useQuery(queries.backends)
  const judged = (data?.items ?? []).filter(({ rule, lastMs }) => lastMs !== null && usedBy.includes(rule))
  const looked = useQueries({ queries: judged.slice(0, LOOKED_AT_MAX).map(({ backend }) => backendLook(backend)) })
  if (data === undefined || looked.some(({ isPending }) => isPending))
    return <Loading label="Looking who stands on it…" />
  const losing = looked.flatMap(({ data: detail }) =>
    detail !== undefined && standsOn(detail, anchor) ? [detail.backend] : [],
  )
  return (
    <>
      {losing.length === 0 ? (
        <p>No backend that was seen stands on it.</p>
      ) : (
        <>
          <p>
            <strong>These lose trust:</strong>
          </p>
          <ul>
            {losing.map((backend) => (
              <li key={backend}>{backend}</li>
            ))}
          </ul>
        </>
      )}
      {judged.length > LOOKED_AT_MAX && (
        <p className="quiet">{judged.length - LOOKED_AT_MAX} more backends were not looked at.</p>
      )}
    </>
  )
}

const LOOKED_AT_MAX = 50
