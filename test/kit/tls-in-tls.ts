import { Duplex } from 'node:stream'
import tls from 'node:tls'

/**
 * TLS inside a connection that is TLS already. Through a stream of JavaScript: joined natively, Node 26 reads freed memory
 * when the outer one goes first.
 */
export function tlsInside(outer: tls.TLSSocket, options: tls.ConnectionOptions): tls.TLSSocket {
  const inner = tls.connect({ ...options, socket: Duplex.from({ readable: outer, writable: outer } as never) })
  inner.on('error', () => {})
  return inner
}
