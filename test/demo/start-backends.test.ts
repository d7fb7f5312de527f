/**
 * Goal: each backend of the demo has the fault it is named after, and no other. Method: Node's own TLS client, not
 * the product, dials each of them and says what it thinks.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { type DemoCertificates, makeDemoCertificates } from '../../src/demo/demo-certificates.ts'
import { faults, hostOf, type ListenerName } from '../../src/demo/faults.ts'
import { type DemoBackends, startBackends } from '../../src/demo/start-backends.ts'
import { pemOf } from '../kit/make-crl.ts'

let certificates: DemoCertificates
let backends: DemoBackends
before(async () => {
  certificates = await makeDemoCertificates(Date.now())
  backends = await startBackends(certificates.shown, { firstPort: 0 })
})
after(() => backends.close())

interface Manner {
  readonly sni?: boolean
  /** Holds the revocation list against it. */
  readonly asks?: boolean
}

/** Dials a backend and answers with the error that ends the handshake, or the protocol agreed on. */
function dial(name: string, { sni = true, asks = false }: Manner = {}): Promise<string> {
  const listener = faults.find((fault) => fault.name === name)?.listener as ListenerName
  return new Promise((resolve) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      port: backends.ports[listener],
      ca: [certificates.root.certificate],
      ...(asks ? { crl: pemOf(certificates.revocationList) } : {}),
      servername: sni ? hostOf(name) : '',
      ...(sni ? {} : { checkServerIdentity: (_, certificate) => tls.checkServerIdentity(hostOf(name), certificate) }),
    })
    const done = (outcome: string) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    socket.on('secureConnect', () => done(socket.getProtocol() ?? ''))
  })
}

function mannerOf({ sni = true, asks = false }: Manner = {}): string {
  return `${sni ? '' : ' without SNI'}${asks ? ' beside the list' : ''}`
}

describe('a backend of the demo', () => {
  const rows: [string, string | RegExp, Manner?][] = [
    ['good', 'TLSv1.3'],
    ['tls12', 'TLSv1.2'],
    ['slow', 'TLSv1.3'],
    ['websocket', 'TLSv1.3'],
    ['needs-sni', 'TLSv1.3'],
    ['needs-sni', /ALERT|HANDSHAKE|ECONNRESET/, { sni: false }],
    ['no-sni', 'TLSv1.3', { sni: false }],
    ['no-sni', /ALERT|UNRECOGNIZED|ECONNRESET/],
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['allowed-untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['untrusted-root', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['incomplete-chain', /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)/],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['not-yet', 'CERT_NOT_YET_VALID'],
    ['revoked', 'CERT_REVOKED', { asks: true }],
    ['revoked', 'TLSv1.3', {}],
    ['expired', 'CERT_HAS_EXPIRED', { asks: true }],
    ['wrong.host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['tls11', /VERSION|PROTOCOL/],
    ['reset', 'ECONNRESET'],
  ]
  for (const [name, expected, how] of rows) {
    it(`${name}${mannerOf(how)} makes Node say ${expected}`, async () => {
      const outcome = await dial(name, how)
      if (typeof expected === 'string') assert.equal(outcome, expected)
      else assert.match(outcome, expected)
    })
  }

  it('is tried here for every fault that has a listener', () => {
    const tried = rows.map(([name]) => name)
    const missing = faults.filter(({ name, listener }) => listener !== 'none' && !tried.includes(name))
    assert.deepEqual(missing, [])
  })
})
