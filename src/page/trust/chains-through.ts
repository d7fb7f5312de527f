/** Which backends stand on a certificate: what is lost with it. */
import type { Anchor, BackendDetail } from '../../admin/contract.ts'

/** Tells whether a chain of a backend was shown with this certificate in it, or ends below it. */
export function standsOn({ sightings }: Pick<BackendDetail, 'sightings'>, anchor: Anchor): boolean {
  const newest = sightings[0]
  if (newest === undefined || newest.outcome === 'refused') return false
  const top = newest.chain.at(-1)
  return top?.issuer === anchor.subject || newest.chain.some(({ sha256 }) => sha256 === anchor.sha256)
}
