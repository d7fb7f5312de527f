import type { BackendDetail } from '../../admin/contract.ts'
import { Time } from '../parts/time.tsx'
import { DaysLeft } from '../show/days-left.tsx'
import { describeCount } from '../show/describe-amount.ts'
import { certificateTimeline } from './certificate-timeline.ts'

/** Which certificate the backend showed when, the newest first. */
export function CertificatesShown({ sightings }: Pick<BackendDetail, 'sightings'>) {
  const timeline = certificateTimeline(sightings)
  if (timeline.length === 0) return null
  return (
    <section aria-label="Certificates over time">
      <h3>Certificates over time</h3>
      <ol className="timeline">
        {timeline.map(({ certificate, firstMs, lastMs, count, isIssuerNew }) => (
          <li key={certificate.sha256}>
            <Time ms={firstMs} /> to <Time ms={lastMs} />{' '}
            <span className="quiet">{describeCount(count, 'handshake')}</span>
            <br />
            {certificate.subject || 'a certificate without a subject'}{' '}
            <DaysLeft endMs={Date.parse(certificate.notAfter)} />
            {isIssuerNew && <span className="badge doubtful">Another issuer: {certificate.issuer}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}
