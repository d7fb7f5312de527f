/** What an operator can do about a finding, in one sentence. Fixing the backend comes first, making an exception last. */

/** Suggests what to do about a reason: a finding, or an error code. */
export function suggestFix(reason: string): string {
  return fixes[reason] ?? (reason.startsWith('BACKEND_') ? unreachable : byCode)
}

/** Tells a reason that something is wrong, which the documents explain, from why connections pass. */
export function isFault(reason: string): boolean {
  return reason in fixes || /^[A-Z]/.test(reason)
}

/** Tells whether trusting a certificate of the chain would mend one of the findings. */
export function isMendedByTrust(findings: readonly string[]): boolean {
  return findings.some((name) => trustFindings.includes(name))
}

/** What allow-and-log forgives, and what a trust store mends. */
const trustFindings: readonly string[] = ['untrusted-issuer', 'self-signed', 'incomplete-chain']

const fixes: Readonly<Record<string, string>> = {
  'untrusted-issuer': 'Add the issuing authority to a custom trust store, after comparing its fingerprint.',
  'self-signed': 'Add this very certificate to a custom trust store, after comparing its fingerprint.',
  'incomplete-chain': 'Have the backend send its intermediate certificates, or add the missing one to a trust store.',
  expired: 'Have the certificate renewed; until then an exception with an end date can bridge the gap.',
  'not-yet-valid': 'Compare the clocks of this machine and of the backend, or wait until the certificate begins.',
  'name-mismatch': 'Have a certificate issued for this name, or name the one it was issued to as verifyName of a rule.',
  'pin-mismatch': 'Ask the owner whether the key was changed on purpose, and only then change the pin.',
  revoked: 'Have the certificate replaced: its issuer has taken it back.',
  'revocation-unknown': 'See that lists or answers of the issuer can be reached, or ask revocation less strictly.',
  'weak-key': 'Have a certificate with a stronger key issued.',
  'weak-signature': 'Have a certificate with a stronger signature issued.',
  'wrong-purpose': 'Have a certificate issued that is meant for servers.',
  'no-certificate': 'The backend showed no certificate: see whether it speaks TLS, and whether it needs SNI.',
  'protocol-refused': 'Have the backend speak TLS 1.2 or newer, or allow its protocol in a rule for it alone.',
  'cipher-refused': 'Have the backend offer a modern suite, or allow one of its suites in a rule for it alone.',
  'group-refused': 'Have the backend offer a modern group, or allow one of its groups in a rule for it alone.',
  POLICY_UNLISTED: 'Add a rule for this destination: the policy denies what no rule names.',
  POLICY_RULE_DENIES: 'A rule denies this destination; change the rule if it should not.',
}
const unreachable = 'The backend was not reached, or gave up the handshake: probe it now to see at which step.'
const byCode = 'The entry of this code says what it means and what to do about it.'
