/**
 * What a policy minds about a handshake that somebody else makes through us, as far as names and choices go: the name
 * the client asks for against the name the tunnel was asked for, and what both sides settle on against what the rule
 * offers. Certificates are judged elsewhere.
 */
import type { Destination } from './destination.ts'
import { nameToVerify, serverNameFor } from './names.ts'
import type { Rule } from './policy.ts'
import type { Finding } from './verdict.ts'

/** What a client's hello asks for, by the names that rules use. */
export interface PassingHello {
  /** In lower case; undefined when it sends none. */
  readonly serverName: string | undefined
  readonly hasEncryptedHello: boolean
  readonly protocols: readonly string[]
}

/** Finds what is wrong with a client's hello before it is let through. */
export function helloFindings(hello: PassingHello, rule: Rule, destination: Destination): Finding[] {
  return [...nameFindings(hello, rule, destination), ...offerFindings(hello, rule)]
}

/**
 * A backend shows its certificate by the name it is asked for. Ours was shown for the name our own handshake sent, so a
 * client that asks for another gets a certificate that nobody looked at (in TLS 1.3 nobody on the way can).
 */
function nameFindings(
  { serverName, hasEncryptedHello }: PassingHello,
  rule: Rule,
  destination: Destination,
): Finding[] {
  const ours = serverNameFor(rule, destination)
  if (hasEncryptedHello) {
    const detail = 'the hello is encrypted (ECH): the name inside cannot be held against the one the tunnel is for'
    return [{ name: 'name-mismatch', detail }]
  }
  if (serverName === undefined) {
    if (ours === '') return []
    return [{ name: 'name-mismatch', detail: `the hello names no server (SNI), the tunnel is for ${ours}` }]
  }
  const asked = serverName.endsWith('.') ? serverName.slice(0, -1) : serverName
  const wanted = [ours, nameToVerify(rule, destination), destination.host]
  if (wanted.some((name) => name.toLowerCase() === asked)) return []
  return [{ name: 'name-mismatch', detail: `the hello asks for ${asked}, the tunnel is for ${destination.host}` }]
}

function offerFindings({ protocols }: PassingHello, { tls }: Rule): Finding[] {
  if (protocols.some((protocol) => (tls.protocols as readonly string[]).includes(protocol))) return []
  const offered = protocols.length === 0 ? 'no protocol that is known here' : protocols.join(', ')
  return [{ name: 'protocol-refused', detail: `the client offers ${offered}, the rule ${tls.protocols.join(', ')}` }]
}
