/** An entrance with TLS and nothing behind it: who is let in is told, and that is all. */
import { once } from 'node:events'
import net from 'node:net'
import { IncomingTls, type SecureCaller } from '../../src/incoming/incoming-tls.ts'
import { makeOffer } from './make-snapshot.ts'
import { makeTrust } from './make-trust.ts'

export interface TestIncoming {
  readonly port: number
  /** A caller that is vouched for: its certificate and key. */
  readonly caller: { readonly cert: string; readonly key: string }
  close(): void
}

/** Starts one that judges callers; `settled` hears of each caller once. */
export async function startIncoming(settled: (outcome: SecureCaller | Error) => void): Promise<TestIncoming> {
  const gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
  const callers = await makeTrust(['caller.localhost'], { name: 'callers' })
  const { certificate, key, sha256 } = gateway.leaf
  const staple = Buffer.from('an answer').toString('base64')
  const incoming = new IncomingTls({
    service: {
      name: 'front',
      tls: {
        certificate: 'gateway',
        offer: makeOffer({ protocols: ['TLSv1.2', 'TLSv1.3'] }),
        verifyClient: 'optional',
        trustStores: ['callers'],
        revocation: { mode: 'off', sources: ['crl'] },
      },
    },
    snapshot: {
      identities: { gateway: { name: 'gateway', certificate, key, sha256, staple } },
      trust: { callers: callers.set },
    },
  })
  const server = net.createServer({ allowHalfOpen: true }, (raw) => {
    raw.on('error', () => {})
    incoming.accept(raw).then(settled, (error: Error) => {
      raw.destroy()
      settled(error)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  return { port, caller: { cert: callers.leaf.certificate, key: callers.leaf.key }, close: () => void server.close() }
}
