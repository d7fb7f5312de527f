/**
 * Goal: whom an entrance with TLS lets in, and as whom. Method: real handshakes on loopback; each row is one caller, and
 * for each that is let in there is one that differs in one thing and is not.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { SidecarError } from '../../src/errors.ts'
import { IncomingTls, type SecureCaller } from '../../src/incoming/incoming-tls.ts'
import { readList } from '../../src/revocation/read-list.ts'
import { RevocationBook } from '../../src/revocation/revocation-book.ts'
import type { ServiceTls } from '../../src/settings/service.ts'
import { makeCrl } from '../kit/make-crl.ts'
import { makeOffer } from '../kit/make-snapshot.ts'
import { makeTrust, trustSetOf } from '../kit/make-trust.ts'

const { leaf: gateway, set: gatewaySet } = await makeTrust(['gateway.localhost'])
const ca = await makeCertificate({ subject: 'Callers CA', ca: true })
const clients = trustSetOf('clients', [ca])
const sans = {
  dns: ['app.corp.example'],
  uri: ['spiffe://corp/app'],
  ip: ['10.1.2.3'],
  email: ['Ops@Corp.Example'],
}
const make = (wish: Partial<CertificateWish> = {}) => makeCertificate({ subject: 'app', issuer: ca, sans, ...wish })
const app = await make()
const selfSigned = await makeCertificate({ subject: 'keytool' })

const pair = ({ certificate, key }: Awaited<ReturnType<typeof make>>) => ({ cert: certificate, key })
const identity = { name: 'gateway', certificate: gateway.certificate, key: gateway.key, sha256: gateway.sha256 }

interface Wish extends Partial<ServiceTls> {
  readonly revocationBook?: RevocationBook
  readonly staple?: string
  readonly name?: string
  readonly stores?: readonly (typeof clients)[]
}

function incomingTls({ revocationBook, staple, name = 'front', stores = [clients], ...wish }: Wish = {}): IncomingTls {
  const offer = makeOffer({ protocols: ['TLSv1.2', 'TLSv1.3'] })
  const usual = {
    certificate: 'gateway',
    offer,
    verifyClient: 'required',
    trustStores: stores.map((each) => each.name),
  } as const
  return new IncomingTls({
    service: { name, tls: { ...usual, revocation: { mode: 'off', sources: ['crl'] }, ...wish } },
    snapshot: {
      identities: { gateway: { ...identity, ...(staple === undefined ? {} : { staple }) } },
      trust: Object.fromEntries(stores.map((each) => [each.name, each])),
    },
    revocation: revocationBook,
  })
}

interface Called {
  readonly accepted: Promise<SecureCaller>
  readonly socket: tls.TLSSocket
}

/** Calls an entrance; the handshake of the caller itself may fail as it likes. */
async function call(t: TestContext, incoming: IncomingTls, options: tls.ConnectionOptions): Promise<Called> {
  const accepted = Promise.withResolvers<SecureCaller>()
  const server = net.createServer({ allowHalfOpen: true }, (raw) => {
    incoming.accept(raw).then(accepted.resolve, (error) => {
      raw.destroy()
      accepted.reject(error)
    })
    t.after(() => raw.destroy())
  })
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
  socket.on('error', () => {})
  t.after(() => socket.destroy())
  accepted.promise.catch(() => {})
  return { accepted: accepted.promise, socket }
}

const both = ['TLSv1.2', 'TLSv1.3'] as const

describe('a caller that is let in', async () => {
  const optional = { verifyClient: 'optional' } as const
  const rows: [reason: string, wish: Wish, shows: tls.ConnectionOptions, first: string | undefined][] = [
    ['is known by its URI first', {}, pair(app), 'uri:spiffe://corp/app'],
    ['needs no certificate where none is asked for', { verifyClient: 'none', stores: [] }, {}, undefined],
    ['is not looked at where none is asked for', { verifyClient: 'none', stores: [] }, pair(selfSigned), undefined],
    ['may show none where it is optional', optional, {}, undefined],
    ['is judged where it is optional', optional, pair(app), 'uri:spiffe://corp/app'],
    ['is vouched for by itself', { stores: [trustSetOf('own', [selfSigned])] }, pair(selfSigned), 'commonName:keytool'],
    ['is listed by its DNS name', { allow: ['dns:app.corp.example'] }, pair(app), 'uri:spiffe://corp/app'],
    ['is listed below a domain', { allow: ['dns:*.corp.example'] }, pair(app), 'uri:spiffe://corp/app'],
    ['is listed by its URI', { allow: ['uri:spiffe://corp/app'] }, pair(app), 'uri:spiffe://corp/app'],
    ['is listed by its address', { allow: ['ip:10.1.2.3'] }, pair(app), 'uri:spiffe://corp/app'],
    ['is listed by its mail address', { allow: ['email:Ops@corp.example'] }, pair(app), 'uri:spiffe://corp/app'],
    ['is listed by its common name', { allow: ['commonName:app'] }, pair(app), 'uri:spiffe://corp/app'],
    ['is listed by its key', { allow: [`spkiSha256:${app.spkiSha256}`] }, pair(app), 'uri:spiffe://corp/app'],
    ['is for clients alone', {}, pair(await make({ extKeyUsage: ['clientAuth'] })), 'uri:spiffe://corp/app'],
  ]
  for (const [reason, wish, shows, first] of rows) {
    for (const maxVersion of both) {
      it(`${reason} (${maxVersion})`, async (t) => {
        const { accepted } = await call(t, incomingTls(wish), { ...shows, maxVersion })
        const caller = await accepted
        assert.equal(caller.identity?.names[0], first)
        assert.equal(caller.protocol, maxVersion)
      })
    }
  }
})

describe('a caller that is refused', async () => {
  const day = 86_400_000
  const optional = { verifyClient: 'optional' } as const
  const stranger = await makeCertificate({ subject: 'Other CA', ca: true })
  const CERTIFICATE = 'CALLER_CERTIFICATE_REFUSED'
  const rows: [reason: string, wish: Wish, shows: tls.ConnectionOptions, code: string, says: RegExp][] = [
    ['shows none', {}, {}, 'CALLER_TLS_FAILED', /PEER_DID_NOT_RETURN_A_CERTIFICATE/],
    ['is vouched for by nobody', {}, pair(await make({ issuer: stranger })), CERTIFICATE, /untrusted-issuer/],
    ['is vouched for by nobody, where it is optional', optional, pair(selfSigned), CERTIFICATE, /self-signed/],
    ['vouches for itself', {}, pair(selfSigned), CERTIFICATE, /self-signed/],
    ['is late', {}, pair(await make({ notAfter: new Date(Date.now() - day) })), CERTIFICATE, /expired/],
    ['is early', {}, pair(await make({ notBefore: new Date(Date.now() + day) })), CERTIFICATE, /not-yet-valid/],
    [
      'is a server',
      {},
      pair(await make({ extKeyUsage: ['serverAuth'] })),
      CERTIFICATE,
      /wrong-purpose .*not for TLS clients/,
    ],
    ['is not listed', { allow: ['dns:other.example'] }, pair(app), CERTIFICATE, /uri:spiffe.*tls\.allow does not list/],
    ['is above the domain listed', { allow: ['dns:*.app.corp.example'] }, pair(app), CERTIFICATE, /does not list/],
    ['has a listed name of another kind', { allow: ['commonName:app.corp.example'] }, pair(app), CERTIFICATE, /list/],
    [
      'speaks an old protocol',
      { offer: makeOffer({ protocols: ['TLSv1.3'] }) },
      { ...pair(app), maxVersion: 'TLSv1.2' },
      'CALLER_TLS_FAILED',
      /UNSUPPORTED_PROTOCOL/,
    ],
    [
      'brings no suite of the service',
      { offer: makeOffer({ protocols: ['TLSv1.2'], ciphers: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] }) },
      { ...pair(app), ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      'CALLER_TLS_FAILED',
      /NO_SHARED_CIPHER/,
    ],
    [
      'brings no group of the service',
      { offer: makeOffer({ groups: ['P-384'] }) },
      { ...pair(app), ecdhCurve: 'X25519' },
      'CALLER_TLS_FAILED',
      /NO_SUITABLE_KEY_SHARE/,
    ],
  ]
  for (const [reason, wish, shows, code, says] of rows) {
    it(reason, async (t) => {
      const { accepted } = await call(t, incomingTls(wish), shows)
      await assert.rejects(accepted, (error) => {
        assert.ok(error instanceof SidecarError)
        assert.equal(error.code, code)
        assert.match(error.message, says)
        return true
      })
    })
  }

  for (const [what, spoil] of [
    ['no TLS at all', (socket: net.Socket) => socket.write('GET / HTTP/1.1\r\n\r\n')],
    ['nothing, and leaves', (socket: net.Socket) => socket.end()],
    ['a reset', (socket: net.Socket) => socket.resetAndDestroy()],
  ] as const) {
    it(`sends ${what}`, async (t) => {
      const incoming = incomingTls()
      const server = net.createServer({ allowHalfOpen: true })
      t.after(() => server.close())
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const raw = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
      raw.on('error', () => {})
      const [peer] = (await once(server, 'connection')) as [net.Socket]
      const answer = incoming.accept(peer)
      spoil(raw)
      await assert.rejects(answer, { code: 'CALLER_TLS_FAILED' })
      raw.destroy()
    })
  }
})

describe('revocation of callers', () => {
  const bookOf = (revoked: readonly (typeof app)[]) => {
    const reading = readList(makeCrl({ issuer: ca, revoked }), [ca.der])
    assert.ok('list' in reading)
    const { list } = reading
    const book = new RevocationBook(async () => {})
    const fact = {
      kind: 'list',
      key: 'c',
      source: 'c.crl',
      isFile: true,
      fault: undefined,
      issuer: list.issuer,
    } as const
    book.learn({ facts: [{ ...fact, list }], gone: [] })
    return book
  }
  const crl = (mode: 'soft' | 'hard') => ({ revocation: { mode, sources: ['crl'] } }) as const
  const rows: [reason: string, wish: Wish, says: RegExp | undefined][] = [
    ['one that the list does not name is let in', { ...crl('hard'), revocationBook: bookOf([]) }, undefined],
    ['one that the list names is refused', { ...crl('soft'), revocationBook: bookOf([app]) }, /revoked/],
    [
      'soft lets in of whom nobody knows',
      { ...crl('soft'), revocationBook: new RevocationBook(async () => {}) },
      undefined,
    ],
    [
      'hard refuses of whom nobody knows',
      { ...crl('hard'), revocationBook: new RevocationBook(async () => {}) },
      /revocation-unknown/,
    ],
  ]
  for (const [reason, wish, says] of rows) {
    it(reason, async (t) => {
      const { accepted } = await call(t, incomingTls(wish), pair(app))
      if (says === undefined) assert.ok((await accepted).identity)
      else await assert.rejects(accepted, says)
    })
  }
})

describe('sessions', () => {
  /** Calls once, takes whatever session is given out, and offers it to another entrance. */
  async function offered(
    t: TestContext,
    {
      first,
      second,
      maxVersion,
      shows,
    }: { first: IncomingTls; second: IncomingTls; maxVersion: (typeof both)[number]; shows: tls.ConnectionOptions },
  ) {
    const begun = await call(t, first, { ...shows, maxVersion })
    const session = new Promise<Buffer>((resolve) => begun.socket.once('session', resolve))
    const { socket } = await begun.accepted
    socket.write('x')
    begun.socket.resume()
    return call(t, second, { ...shows, maxVersion, session: await session })
  }
  for (const maxVersion of both) {
    it(`skip no verification: nothing is resumed where callers are judged (${maxVersion})`, async (t) => {
      const incoming = incomingTls()
      const shows = pair(app)
      const again = await offered(t, { first: incoming, second: incoming, maxVersion, shows })
      assert.equal((await again.accepted).socket.isSessionReused(), false)
      assert.ok((await again.accepted).identity)
    })

    it(`of an entrance that judges nobody lead nowhere at one that does, whatever the case of the name (${maxVersion})`, async (t) => {
      const open = incomingTls({ name: 'open', verifyClient: 'none', stores: [] })
      const other = incomingTls({ name: 'closed', stores: [gatewaySet] })
      const shows = { ...pair(app), servername: 'GateWay.LocalHost' }
      const again = await offered(t, { first: open, second: other, maxVersion, shows })
      await assert.rejects(again.accepted, /untrusted-issuer/)
    })
  }
})

it('a caller with our own certificate is let in and told apart', async (t) => {
  const { accepted } = await call(t, incomingTls({ stores: [gatewaySet] }), pair(gateway))
  assert.equal((await accepted).hasOurs, true)
  const other = await call(t, incomingTls(), pair(app))
  assert.equal((await other.accepted).hasOurs, false)
})

it('a caller that asks for renegotiation, perhaps with another certificate, is refused', async (t) => {
  const { socket, accepted } = await call(t, incomingTls(), { ...pair(app), maxVersion: 'TLSv1.2' })
  const [inside] = await Promise.all([accepted, once(socket, 'secureConnect')])
  inside.socket.on('error', () => {}).resume()
  const asked = Promise.withResolvers<Error | null>()
  socket.on('error', asked.resolve)
  socket.renegotiate({ rejectUnauthorized: false }, asked.resolve)
  assert.ok((await asked.promise) instanceof Error)
  assert.equal(inside.socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase(), app.sha256)
})

it('our own OCSP answer is handed to a caller that asks', async (t) => {
  const incoming = incomingTls({ staple: Buffer.from('answer').toString('base64') })
  const { socket, accepted } = await call(t, incoming, { ...pair(app), requestOCSP: true })
  const [answer] = (await once(socket, 'OCSPResponse')) as [Buffer]
  assert.equal(answer.toString(), 'answer')
  await accepted
})
