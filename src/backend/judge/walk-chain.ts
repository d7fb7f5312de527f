/**
 * Our own walk from a backend's certificate to a trust anchor. OpenSSL's verdict stays the one that counts; the walk
 * is there because OpenSSL tells its last error only: an expired certificate of an unknown issuer is to it just
 * expired. Dates are not looked at here, so that each fault is found whatever others there are.
 */
import type crypto from 'node:crypto'
import { publicKeyOf } from '../../certificate/describe-certificate.ts'
import type { Anchors } from './anchors.ts'
import type { Intermediates } from './intermediates.ts'
import { isSelfSigned } from './self-signed.ts'
import { SIGNATURES_COST_MAX, signatureCost } from './signature-cost.ts'

export interface ChainWalk {
  /** The backend's certificate first, then the issuers found, the anchor last when there is one. */
  readonly path: readonly crypto.X509Certificate[]
  readonly end: 'anchor' | 'self-signed' | 'issuer-missing'
  /** Those of the path that the backend did not send and the pool of intermediates had. */
  readonly borrowed: readonly crypto.X509Certificate[]
}

interface WalkOptions {
  readonly anchors: Anchors
  readonly intermediates: Intermediates
  readonly nowMs: number
}

/** Walks along the presented certificates (the backend's own first), the anchors and the pool, trying every fork. */
export function walkChain(
  presented: readonly [crypto.X509Certificate, ...crypto.X509Certificate[]],
  options: WalkOptions,
): ChainWalk {
  const { anchors, intermediates, nowMs } = options
  let spent = 0
  let longest: readonly crypto.X509Certificate[] = [presented[0]]

  const isSignedBy = (certificate: crypto.X509Certificate, issuer: crypto.X509Certificate): boolean => {
    const key = publicKeyOf(issuer)
    if (key === undefined) return false
    spent += signatureCost(key)
    // Far more than any real chain needs; one made to be expensive ends here and counts as not anchored.
    return spent <= SIGNATURES_COST_MAX && certificate.verify(key)
  }
  const climb = (path: readonly crypto.X509Certificate[]): readonly crypto.X509Certificate[] | undefined => {
    const current = path.at(-1) as crypto.X509Certificate
    if (anchors.has(current)) return path
    if (path.length > longest.length) longest = path
    const known = anchors.possibleIssuers(current)
    const sent = presented.filter((each) => !path.includes(each) && current.checkIssued(each))
    const isNew = (each: crypto.X509Certificate) => !holds(path, each) && !holds(sent, each)
    // What was sent comes before what is borrowed, so that a backend in order is judged by its own chain, and costs no more.
    return (
      climbOver(validFirst([...known, ...sent], nowMs), path) ??
      climbOver(validFirst(intermediates.possibleIssuers(current, nowMs).filter(isNew), nowMs), path)
    )
  }
  const climbOver = (
    issuers: readonly crypto.X509Certificate[],
    path: readonly crypto.X509Certificate[],
  ): readonly crypto.X509Certificate[] | undefined => {
    const current = path.at(-1) as crypto.X509Certificate
    for (const issuer of issuers) {
      const found = isSignedBy(current, issuer) ? climb([...path, issuer]) : undefined
      if (found) return found
    }
    return undefined
  }

  const anchored = climb([presented[0]])
  const path = anchored ?? longest
  const borrowed = path.filter((each) => !holds(presented, each) && !anchors.has(each))
  if (anchored) return { path, end: 'anchor', borrowed }
  const end = isSelfSigned(path.at(-1) as crypto.X509Certificate) ? 'self-signed' : 'issuer-missing'
  return { path, end, borrowed }
}

function holds(certificates: readonly crypto.X509Certificate[], one: crypto.X509Certificate): boolean {
  return certificates.some((each) => each.fingerprint256 === one.fingerprint256)
}

/** Of two certificates of one issuer, as after a renewal or a cross-sign, the valid one is the way to go. */
function validFirst(issuers: readonly crypto.X509Certificate[], nowMs: number): crypto.X509Certificate[] {
  const isValid = (each: crypto.X509Certificate) =>
    each.validFromDate.getTime() <= nowMs && nowMs <= each.validToDate.getTime()
  return [...issuers.filter(isValid), ...issuers.filter((each) => !isValid(each))]
}
