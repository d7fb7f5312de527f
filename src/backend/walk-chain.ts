/**
 * Our own walk from a backend's certificate to a trust anchor. OpenSSL's verdict stays the one that counts; the walk
 * is there because OpenSSL tells its last error only: an expired certificate of an unknown issuer is to it just
 * expired. Dates are not looked at here, so that each fault is found whatever others there are.
 */
import type crypto from 'node:crypto'
import { publicKeyOf } from '../certificate/describe-certificate.ts'
import type { Anchors } from './anchors.ts'

export interface ChainWalk {
  /** The backend's certificate first, then the issuers found, the anchor last when there is one. */
  readonly path: readonly crypto.X509Certificate[]
  readonly end: 'anchor' | 'self-signed' | 'issuer-missing'
}

/** Far more than any real chain needs; one made to be expensive ends here and counts as not anchored. */
const SIGNATURES_MAX = 64

interface WalkOptions {
  readonly anchors: Anchors
  readonly nowMs: number
}

/** Walks along the presented certificates (the backend's own first) and the anchors, trying every fork. */
export function walkChain(
  presented: readonly [crypto.X509Certificate, ...crypto.X509Certificate[]],
  options: WalkOptions,
): ChainWalk {
  const { anchors, nowMs } = options
  let signatures = 0
  let longest: readonly crypto.X509Certificate[] = [presented[0]]

  const isSignedBy = (certificate: crypto.X509Certificate, issuer: crypto.X509Certificate): boolean => {
    signatures += 1
    const key = publicKeyOf(issuer)
    return signatures <= SIGNATURES_MAX && key !== undefined && certificate.verify(key)
  }
  const climb = (path: readonly crypto.X509Certificate[]): readonly crypto.X509Certificate[] | undefined => {
    const current = path.at(-1) as crypto.X509Certificate
    if (anchors.has(current)) return path
    if (path.length > longest.length) longest = path
    const known = anchors.possibleIssuers(current)
    const sent = presented.filter((each) => !path.includes(each) && current.checkIssued(each))
    for (const issuer of validFirst([...known, ...sent], nowMs)) {
      const found = isSignedBy(current, issuer) ? climb([...path, issuer]) : undefined
      if (found) return found
    }
    return undefined
  }

  const anchored = climb([presented[0]])
  if (anchored) return { path: anchored, end: 'anchor' }
  return {
    path: longest,
    end: isSelfSigned(longest.at(-1) as crypto.X509Certificate) ? 'self-signed' : 'issuer-missing',
  }
}

/** Tells whether a certificate is its own issuer, by name and by signature. */
export function isSelfSigned(certificate: crypto.X509Certificate): boolean {
  if (certificate.subject !== certificate.issuer) return false
  const key = publicKeyOf(certificate)
  return key !== undefined && certificate.verify(key)
}

/** Of two certificates of one issuer, as after a renewal or a cross-sign, the valid one is the way to go. */
function validFirst(issuers: readonly crypto.X509Certificate[], nowMs: number): crypto.X509Certificate[] {
  const isValid = (each: crypto.X509Certificate) =>
    each.validFromDate.getTime() <= nowMs && nowMs <= each.validToDate.getTime()
  return [...issuers.filter(isValid), ...issuers.filter((each) => !isValid(each))]
}
