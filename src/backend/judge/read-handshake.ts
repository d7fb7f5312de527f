/** What a finished handshake says of itself, read off its socket; nothing here judges. */
import type crypto from 'node:crypto'
import type tls from 'node:tls'
import { findGroup } from '../../policy/catalogue/groups.ts'
import { PRESENTED_MAX } from '../checks/limit-checks.ts'

/** The certificates as a backend sent them, its own first; nobody has vouched for any of them. */
export type PresentedChain = readonly crypto.X509Certificate[]

/** Reads the chain a backend presented, to one beyond the limit; empty for a resumed session, which shows none. */
export function presentedChainOf(socket: tls.TLSSocket): PresentedChain {
  const chain: crypto.X509Certificate[] = []
  // After a resumption Node shows the certificate that the session remembers, which nobody has shown now.
  let next = socket.isSessionReused() ? undefined : socket.getPeerX509Certificate()
  while (next !== undefined && chain.length <= PRESENTED_MAX) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}

/** OpenSSL's last error about the chain, by Node's name; our checkServerIdentity keeps Node's own out of it. */
export function opensslErrorOf(socket: tls.TLSSocket): string | undefined {
  return socket.authorized ? undefined : String(socket.authorizationError ?? 'UNSPECIFIED')
}

/** The key exchange group by the name rules use; empty where there is none (static RSA) or it has no name (DHE). */
export function groupOf(socket: tls.TLSSocket): string {
  const { name = '' } = (socket.getEphemeralKeyInfo() ?? {}) as { name?: string }
  return findGroup(name)?.name ?? name
}

/** The size of a Diffie-Hellman group that the backend chose by itself (TLS 1.2 and below); 0 without one. */
export function dhBitsOf(socket: tls.TLSSocket): number {
  const { type, size = 0 } = (socket.getEphemeralKeyInfo() ?? {}) as { type?: string; size?: number }
  return type === 'DH' ? size : 0
}
