import type { Anchor } from '../../admin/contract.ts'
import { CopyButton } from './copy-button.tsx'
import { DaysLeft } from './days-left.tsx'
import { Facts } from './facts.tsx'
import { groupFingerprint } from './match-fingerprint.ts'

type Shown = Omit<Anchor, 'files'> & { readonly files?: readonly string[]; readonly pem?: string }

/** All that is shown of a certificate. Its names were written by strangers: they are text here and nothing else. */
export function CertificateFacts({ certificate }: { readonly certificate: Shown }) {
  const { subject, issuer, sha256, notBefore, notAfter, key, warnings, files = [], pem } = certificate
  return (
    <>
      <Facts
        facts={[
          ['Subject', subject],
          ['Issuer', issuer],
          ['Valid from', notBefore],
          [
            'Valid until',
            <span key="until">
              {notAfter} <DaysLeft endMs={Date.parse(notAfter)} />
            </span>,
          ],
          ['Key', key],
          [
            'SHA-256',
            <span key="sha">
              <code className="fingerprint">{groupFingerprint(sha256)}</code>{' '}
              <CopyButton text={sha256} what={`the fingerprint of ${subject}`} />
            </span>,
          ],
          ['Files', files.filter((file) => file !== '').join(', ')],
        ]}
      />
      <Warnings warnings={warnings} />
      {pem !== undefined && <CopyButton text={pem} what={`the PEM text of ${subject}`} />}
    </>
  )
}

/** What is doubtful about a certificate. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null
  return (
    <ul className="warnings">
      {warnings.map((warning) => (
        <li key={warning}>{warning}</li>
      ))}
    </ul>
  )
}
