/** The certificates a backend has shown, one after the other, as far as its sights are kept. */
import type { BackendDetail } from '../../admin/contract.ts'

type Sight = BackendDetail['sightings'][number]

/** One certificate, and when it was seen. */
export interface ShownCertificate {
  readonly certificate: Sight['chain'][number]
  readonly firstMs: number
  readonly lastMs: number
  /** In how many full handshakes. */
  readonly count: number
  /** Somebody else has issued it than the one before. */
  readonly isIssuerNew: boolean
}

/** Groups sights by the backend's own certificate, the newest first: one that was renewed stands above the old one. */
export function certificateTimeline(sights: readonly Sight[]): readonly ShownCertificate[] {
  const shown = new Map<string, Omit<ShownCertificate, 'isIssuerNew'>>()
  for (const { chain, firstMs, lastMs, count } of sights) {
    const [certificate] = chain
    if (certificate === undefined) continue
    const known = shown.get(certificate.sha256)
    shown.set(certificate.sha256, {
      certificate,
      firstMs: Math.min(firstMs, known?.firstMs ?? firstMs),
      lastMs: Math.max(lastMs, known?.lastMs ?? lastMs),
      count: count + (known?.count ?? 0),
    })
  }
  const newestFirst = [...shown.values()].sort((one, other) => other.firstMs - one.firstMs)
  return newestFirst.map((each, index) => {
    const before = newestFirst[index + 1]
    return { ...each, isIssuerNew: before !== undefined && before.certificate.issuer !== each.certificate.issuer }
  })
}
