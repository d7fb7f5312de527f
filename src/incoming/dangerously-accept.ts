/**
 * The one handshake with a caller, and the only incoming TLS. Node is told not to judge the certificate of a caller by
 * itself, as backend/dial/dangerously-connect.ts tells it of backends: judge-caller.ts does. Where a certificate is required,
 * OpenSSL ends the handshake of whoever shows none, with the alert that says so.
 */

import type net from 'node:net'
import tls from 'node:tls'
import { SidecarError } from '../errors.ts'
import { chainErrorOf } from '../wire/raw-handle.ts'

export interface AcceptContext {
  readonly secure: tls.SecureContext
  /** Never listens; it hands out our OCSP answer, which Node takes from a server alone. */
  readonly server: tls.Server | undefined
  readonly verifyClient: 'none' | 'optional' | 'required'
}

/** A finished handshake of which nothing is judged yet. */
export interface Accepted {
  readonly socket: tls.TLSSocket
  /** What OpenSSL minds about the certificate shown. */
  readonly opensslError: string | undefined
}

/** Shakes hands over a socket that a caller has opened; throws CALLER_TLS_FAILED. Whoever waits sets the deadline. */
export function acceptTls(raw: net.Socket, { secure, server, verifyClient }: AcceptContext): Promise<Accepted> {
  const socket = new tls.TLSSocket(raw, {
    isServer: true,
    secureContext: secure,
    ...(server && { server }),
    requestCert: verifyClient !== 'none',
    rejectUnauthorized: verifyClient === 'required',
  })
  return new Promise((resolve, reject) => {
    let error: NodeJS.ErrnoException | undefined
    // An 'error' without a listener kills the process: this one stays for as long as the socket lives.
    socket.on('error', (thrown) => {
      error ??= thrown
    })
    // Without a handshake there is nothing that a half-closed caller could still be told.
    const ended = () => void socket.destroy()
    socket.once('end', ended)
    socket.once('close', () => reject(failed(error)))
    socket.once('secure', () => {
      socket.off('end', ended)
      resolve({ socket, opensslError: chainErrorOf(socket) })
    })
  })
}

function failed(error: NodeJS.ErrnoException | undefined): SidecarError {
  const why = error === undefined ? 'the caller left before it was complete' : (error.code ?? error.message)
  return new SidecarError('CALLER_TLS_FAILED', `the TLS handshake with the caller failed: ${why}`, { cause: error })
}
