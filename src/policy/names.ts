/** The two names of a handshake, which are not the same thing: the one we send, and the one the backend must prove. */
import type { Destination } from './destination.ts'
import type { Rule } from './policy.ts'

/** Tells the name for the SNI extension; empty for none. An address is never sent (RFC 6066). */
export function serverNameFor(rule: Rule, destination: Destination): string {
  if (typeof rule.sni === 'string') return rule.sni
  return rule.sni && destination.kind === 'name' ? destination.host : ''
}

/** Tells the name or address the certificate must carry; it does not depend on what SNI says. */
export function nameToVerify(rule: Rule, destination: Destination): string {
  return rule.verifyName ?? destination.host
}
