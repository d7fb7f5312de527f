import type { FindingName } from '../../policy/policy.ts'

/** What OpenSSL minds, as a finding, and the sentence for it where our own look found nothing of that name. */
export interface OpensslFinding {
  readonly name: FindingName
  readonly what: string
}

/**
 * Translates Node's name of an X509_V_ERR code. A code that is not in the table, or that Node has no name for
 * (UNSPECIFIED), is never ignored: it becomes `wrong-purpose`, which allow-and-log does not forgive.
 */
export function opensslFinding(code: string): OpensslFinding {
  return table[code] ?? { name: 'wrong-purpose', what: `OpenSSL refuses the chain (${code})` }
}

/** Tells whether a code says nothing about what is wrong, so that our own findings may be what it means. */
export function isUnspecified(code: string): boolean {
  return code === 'UNSPECIFIED'
}

/** Tells whether a code says only that an issuer's certificate is not at hand. */
export function isMissingIssuer(code: string): boolean {
  return missingIssuer.includes(code)
}

const missingIssuer: readonly string[] = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

const table: Readonly<Record<string, OpensslFinding>> = {
  UNABLE_TO_GET_ISSUER_CERT: { name: 'untrusted-issuer', what: 'an issuer of the chain is not known' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { name: 'untrusted-issuer', what: 'the issuer is not known' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { name: 'untrusted-issuer', what: 'the issuer is not known' },
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: { name: 'untrusted-issuer', what: 'a signature of the chain cannot be read' },
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: { name: 'untrusted-issuer', what: 'the key of an issuer cannot be read' },
  CERT_SIGNATURE_FAILURE: { name: 'untrusted-issuer', what: 'a signature of the chain is false' },
  SELF_SIGNED_CERT_IN_CHAIN: { name: 'untrusted-issuer', what: 'the chain ends in an authority that is not trusted' },
  CERT_CHAIN_TOO_LONG: { name: 'untrusted-issuer', what: 'the chain is too long' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { name: 'self-signed', what: 'the certificate signs itself' },
  CERT_HAS_EXPIRED: { name: 'expired', what: 'a certificate of the chain has expired' },
  ERROR_IN_CERT_NOT_AFTER_FIELD: { name: 'expired', what: 'a certificate of the chain has no readable end' },
  CERT_NOT_YET_VALID: { name: 'not-yet-valid', what: 'a certificate of the chain is not valid yet' },
  ERROR_IN_CERT_NOT_BEFORE_FIELD: { name: 'not-yet-valid', what: 'a certificate of the chain has no readable begin' },
  CERT_REVOKED: { name: 'revoked', what: 'a certificate of the chain is revoked' },
  UNABLE_TO_GET_CRL: { name: 'revocation-unknown', what: 'there is no revocation list' },
  UNABLE_TO_DECRYPT_CRL_SIGNATURE: { name: 'revocation-unknown', what: 'a revocation list cannot be read' },
  CRL_SIGNATURE_FAILURE: { name: 'revocation-unknown', what: 'the signature of a revocation list is false' },
  CRL_NOT_YET_VALID: { name: 'revocation-unknown', what: 'a revocation list is not valid yet' },
  CRL_HAS_EXPIRED: { name: 'revocation-unknown', what: 'a revocation list has expired' },
  ERROR_IN_CRL_LAST_UPDATE_FIELD: { name: 'revocation-unknown', what: 'a revocation list cannot be read' },
  ERROR_IN_CRL_NEXT_UPDATE_FIELD: { name: 'revocation-unknown', what: 'a revocation list cannot be read' },
  INVALID_CA: { name: 'wrong-purpose', what: 'a certificate of the chain must not sign others, and did' },
  PATH_LENGTH_EXCEEDED: { name: 'wrong-purpose', what: 'the chain is longer than an authority in it allows' },
  INVALID_PURPOSE: { name: 'wrong-purpose', what: 'a certificate of the chain is not for TLS servers' },
  CERT_UNTRUSTED: { name: 'wrong-purpose', what: 'an authority of the chain is not trusted for TLS servers' },
  CERT_REJECTED: { name: 'wrong-purpose', what: 'an authority of the chain is rejected for TLS servers' },
  HOSTNAME_MISMATCH: { name: 'name-mismatch', what: 'the name is wrong' },
  OUT_OF_MEM: { name: 'wrong-purpose', what: 'OpenSSL ran out of memory over the chain' },
}
