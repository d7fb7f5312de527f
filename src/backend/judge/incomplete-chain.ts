import type crypto from 'node:crypto'
import { publicKeyOf } from '../../certificate/describe-certificate.ts'
import type { Anchors } from './anchors.ts'
import type { ChainWalk } from './walk-chain.ts'

/**
 * Tells whether a backend left out a certificate that belongs to its chain, where that can be known: a root is rightly
 * left out, so an issuer that is missing may as well be an authority that nobody here trusts.
 */
export function isIncomplete(
  { path, end }: ChainWalk,
  { chain, anchors }: { readonly chain: readonly crypto.X509Certificate[]; readonly anchors: Anchors },
): boolean {
  if (end !== 'issuer-missing') return false
  // A lone certificate that says where its issuer's can be fetched comes from a backend that should have sent that one.
  if (path.length === 1 && path[0]?.infoAccess?.includes('CA Issuers')) return true
  // An issuer of the right name that did not sign is not missing but false.
  const { issuer } = path.at(-1) as crypto.X509Certificate
  if (chain.some(({ subject }) => subject === issuer)) return false
  // Who sends an authority that we trust, and nothing that leads to it, has a gap in between.
  return chain.some((each) => each.ca && !path.includes(each) && leadsTo(anchors, each))
}

function leadsTo(anchors: Anchors, certificate: crypto.X509Certificate): boolean {
  return anchors.has(certificate) || anchors.possibleIssuers(certificate).some((each) => isSignedBy(certificate, each))
}

function isSignedBy(certificate: crypto.X509Certificate, issuer: crypto.X509Certificate): boolean {
  const key = publicKeyOf(issuer)
  return key !== undefined && certificate.verify(key)
}
