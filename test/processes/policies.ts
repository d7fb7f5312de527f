/** Policy texts for tests that need nothing of TLS: plain backends under *.localhost. */

/** A policy that lets plain text out to the named hosts and denies everything else. */
export function policyFor(hosts: readonly string[], { comment = '', more = '' } = {}): string {
  return `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: test, comment: ${JSON.stringify(comment)} }
spec:
  destinations: { unlisted: deny, allowAddresses: [127.0.0.0/8, "::1"] }
  rules:
    - { name: plain, match: ${JSON.stringify(hosts)}, plaintext: true }
${more}`
}
