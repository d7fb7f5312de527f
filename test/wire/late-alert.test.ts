/** A TLS 1.3 server says only after the handshake that it does not take us (RFC 8446 §4.4.2.4), and Node tells it as an error of a socket that stands. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type net from 'node:net'
import { test } from 'node:test'
import tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { Wire } from '../../src/wire/wire.ts'

test('a wire whose peer sends a fatal alert after the handshake closes, whatever is written to it', async (t) => {
  const { certificate: cert, key } = await makeCertificate({ subject: 'backend' })
  const server = tls.createServer({ cert, key, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' })
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const refused = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<Error | undefined>()
  const wire = new Wire({ bytes() {}, ended() {}, drained() {}, closed: closed.resolve })
  const { port } = server.address() as net.AddressInfo
  const target = { host: '127.0.0.1', port, rejectUnauthorized: false, allowHalfOpen: true }
  const socket = tls.connect({ ...target, onread: wire.onread } as tls.ConnectionOptions)
  wire.attach(socket)
  // As soon as it is told: what is written now OpenSSL does not take, and does not refuse.
  socket.on('error', () => {
    wire.write('a request')
    wire.end()
    refused.resolve()
  })
  await refused.promise
  const error = (await closed.promise) as NodeJS.ErrnoException
  assert.equal(error.code, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
})
