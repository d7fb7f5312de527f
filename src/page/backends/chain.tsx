import { useState } from 'react'
import type { BackendDetail } from '../../admin/contract.ts'
import { useMay } from '../session/session-context.ts'
import { CertificateFacts } from '../show/certificate-facts.tsx'
import { isMendedByTrust } from './suggest-fix.ts'
import { TrustThis } from './trust-this.tsx'

type Sight = BackendDetail['sightings'][number]
type Presented = Sight['chain'][number]

interface ChainProps {
  readonly backend: string
  readonly sight: Sight
  /** Certificates are unfolded: one of them is to be chosen. */
  readonly isOpen?: boolean
}

/** The certificates a backend showed, each to be looked at and, by an operator, to be trusted where that mends something. */
export function Chain({ backend, sight: { chain, presented, findings }, isOpen = false }: ChainProps) {
  const [chosen, choose] = useState<Presented>()
  const mayTrust = useMay('operator') && isMendedByTrust(findings.map(({ name }) => name))
  if (chain.length === 0) return <p className="quiet">It showed no certificate.</p>
  return (
    <>
      <ol className="chain">
        {chain.map((certificate) => (
          <li key={certificate.sha256}>
            <details open={isOpen}>
              <summary>{certificate.subject || 'a certificate without a subject'}</summary>
              <CertificateFacts certificate={certificate} />
              {mayTrust && (
                <button type="button" onClick={() => choose(certificate)}>
                  Trust this…
                </button>
              )}
            </details>
          </li>
        ))}
      </ol>
      {presented > chain.length && <p className="quiet">{presented - chain.length} more were shown and not kept.</p>}
      {chosen !== undefined && <TrustThis backend={backend} certificate={chosen} onClose={() => choose(undefined)} />}
    </>
  )
}
