/**
 * What to do about a finding, for whoever meets it: in the body of a refusal, on the page and in docs/reasons.md. Mending
 * the backend comes first, an exception last. The page takes this file as it is, so it imports types alone.
 */
import type { FindingName } from './policy.ts'

/** One sentence for each finding. */
export const remedies: Readonly<Record<FindingName, string>> = {
  'untrusted-issuer':
    'Compare the fingerprint of the authority with one you got from its owner, then put its certificate into a trust store and name the store.',
  'self-signed':
    'Compare its fingerprint with one you got from the owner, then put that very certificate into a trust store, or pin its key.',
  'incomplete-chain': 'Have the backend send its intermediate certificates.',
  expired: 'Have the certificate renewed; until then an exception with an end can bridge the gap.',
  'not-yet-valid': 'Check both clocks, then the certificate.',
  'name-mismatch':
    'Have a certificate issued for this name, ask for the name it was issued to, or name that one as verifyName of a rule.',
  'pin-mismatch': 'Ask the owner whether the key was changed on purpose before you pin the new one.',
  revoked: 'Have the certificate replaced: its issuer took it back, and its key may be in foreign hands.',
  'revocation-unknown': 'See that the lists or responders of the issuer can be reached.',
  'weak-key': 'Have a certificate with a stronger key issued.',
  'weak-signature': 'Have the certificate issued anew, with a stronger signature.',
  'wrong-purpose': 'Have a certificate installed that is meant for this server.',
  'malformed-certificate': 'Have the certificate made anew, as RFC 5280 asks for.',
  'oversized-chain': 'Have the backend send its own chain alone.',
  'no-certificate': 'See whether the backend speaks TLS on this port, and whether it needs SNI.',
  'protocol-refused': 'Update the backend; for one that cannot be, a rule with protocols.',
  'cipher-refused': 'Update the backend; for one that cannot be, a rule with ciphers.',
  'group-refused': 'Update the backend; for one that cannot be, a rule with groups.',
}
