/**
 * Goal: callers that are in when their certificate becomes known as revoked, or when a change takes their trust away, end
 * where the operator wants it so, with one line each that says why; nobody else is touched. Method: the real product with a
 * TLS service, one by WebSocket and one for tokens, and callers of every kind on each.
 */
import assert from 'node:assert/strict'
import { type EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import tls from 'node:tls'
import { type ClientOptions, WebSocket } from 'ws'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeCrl, pemOf } from '../kit/make-crl.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { type LogLine, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'
import { tlsInside } from '../kit/tls-in-tls.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

const gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
const hosts = await makeTrust(['host.localhost'], { name: 'hosts' })
const root = await makeCertificate({ subject: 'Callers CA', ca: true })
const below = await makeCertificate({ subject: 'Desks CA', ca: true, issuer: root })
const otherRoot = await makeCertificate({ subject: 'Partners CA', ca: true })
const named = (subject: string, issuer: MadeCertificate) =>
  makeCertificate({ subject, issuer, sans: { dns: [`${subject}.example`] } })
const certificates = {
  lost: await named('lost', root),
  kept: await named('kept', root),
  desk: await named('desk', below),
  partner: await named('partner', otherRoot),
}
type Who = keyof typeof certificates

const identities = mkdtempSync(path.join(tmpdir(), 'vedette-callers-'))
cleaner.after(() => rmSync(identities, { recursive: true, force: true }))
mkdirSync(path.join(identities, 'gateway'))
writeFileSync(path.join(identities, 'gateway', 'tls.crt'), gateway.leaf.certificate)
writeFileSync(path.join(identities, 'gateway', 'tls.key'), gateway.leaf.key)
const host = await startBackend(cleaner, { certificate: hosts.leaf, onSecure: (socket) => void socket.pipe(socket) })

async function startWith(fate: 'cut' | 'drain') {
  const crls = mkdtempSync(path.join(tmpdir(), 'vedette-lists-'))
  cleaner.after(() => rmSync(crls, { recursive: true, force: true }))
  /** Puts the list of the authority into the folder that is watched. */
  const revoke = (...revoked: MadeCertificate[]) =>
    writeFileSync(path.join(crls, 'callers.crl'), pemOf(makeCrl({ issuer: root, revoked })))
  revoke()
  const judged = 'tls: { certificate: gateway, verifyClient: required, trustStores: [callers, partners] }'
  const connect = `connect: "tls://host.localhost:${host.port}"`
  const sidecar = await startSidecar(cleaner, {
    trust: {
      hosts: hosts.ca.certificate,
      callers: root.certificate,
      partners: otherRoot.certificate,
    },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [hosts] }',
    settings: `identities: ${identities}
crls: ${crls}
workers: 1
openTunnels: ${fate}
services:
  - { name: stream, accept: "tls://127.0.0.1:0", ${connect}, ${judged} }
  - { name: socket, accept: "wss://127.0.0.1:0/", ${connect}, ${judged} }
  - { name: tokens, accept: "tls://127.0.0.1:0", ${judged}, tokens: { keys: tunnels } }
`,
  })
  return { sidecar, revoke }
}

interface Caller {
  readonly closed: Promise<unknown>
  echoes(text: string): Promise<boolean>
}

const pairOf = (who: Who) => {
  const { certificate, key } = certificates[who]
  return { cert: who === 'desk' ? certificate + below.certificate : certificate, key }
}

function outer(sidecar: Sidecar, service: string, who: Who): tls.TLSSocket {
  const to = { port: sidecar.servicePort(service), host: '127.0.0.1', servername: 'gateway.localhost' }
  const socket = tls.connect({ ...to, ca: gateway.ca.certificate, ...pairOf(who) })
  socket.on('error', () => {})
  cleaner.after(() => socket.destroy())
  return socket
}

/** Not by `once`, which rejects at the error that may come before it. */
function closing(socket: EventEmitter): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve))
}

function overStream(socket: tls.TLSSocket, closed = closing(socket)): Caller {
  const echoes = async (text: string) => {
    const answer = once(socket, 'data')
    socket.write(text)
    return String((await answer)[0]) === text
  }
  return { closed, echoes }
}

async function callStream(sidecar: Sidecar, who: Who): Promise<Caller> {
  const caller = overStream(outer(sidecar, 'stream', who))
  assert.ok(await caller.echoes('one'))
  return caller
}

async function callSocket(sidecar: Sidecar, who: Who): Promise<Caller> {
  const url = `wss://127.0.0.1:${sidecar.servicePort('socket')}/`
  const options = { ca: gateway.ca.certificate, servername: 'gateway.localhost', ...pairOf(who) }
  const socket = new WebSocket(url, options as ClientOptions)
  socket.on('error', () => {})
  cleaner.after(() => socket.terminate())
  await once(socket, 'open')
  const echoes = async (text: string) => {
    const answer = once(socket, 'message')
    socket.send(text)
    return String((await answer)[0]) === text
  }
  return { closed: closing(socket), echoes }
}

async function callTunnel(sidecar: Sidecar, who: Who, token: string): Promise<Caller> {
  const socket = outer(sidecar, 'tokens', who)
  const closed = closing(socket)
  await once(socket, 'secureConnect')
  socket.write(`CONNECT tunnel.invalid:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${token}\r\n\r\n`)
  assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 200 /)
  socket.pause()
  const inner = tlsInside(socket, { servername: 'host.localhost', ca: hosts.ca.certificate })
  cleaner.after(() => inner.destroy())
  await once(inner, 'secureConnect')
  const caller = overStream(inner, closed)
  assert.ok(await caller.echoes('one'))
  return caller
}

async function issueToken(sidecar: Sidecar): Promise<string> {
  const active = sidecar.lines('generation.active').length
  const to = `host.localhost:${host.port}`
  const { code, stdout, stderr } = await sidecar.vedette(['token', 'issue', '--to', to, '--for', 'app', '--ttl', '1h'])
  assert.equal(code, 0, stderr)
  // The first token makes the first key, and workers learn of it by a new generation.
  await sidecar.until(() => sidecar.lines('generation.active').length > active)
  return stdout.trim()
}

const refusals = ({ log }: Sidecar, who: string): LogLine[] =>
  log.filter(({ error, message }) => error === 'CALLER_CERTIFICATE_REFUSED' && String(message).includes(`CN=${who},`))

describe('with openTunnels: cut', async () => {
  const { sidecar, revoke } = await startWith('cut')
  const token = await issueToken(sidecar)
  const kept = [
    await callStream(sidecar, 'kept'),
    await callSocket(sidecar, 'kept'),
    await callTunnel(sidecar, 'kept', token),
  ]
  const allGoOn = async (text: string) => {
    for (const caller of kept) assert.ok(await caller.echoes(text))
  }

  it('a certificate that becomes known as revoked ends its caller on every entrance, also one that has asked for nothing', async () => {
    const waiting = outer(sidecar, 'tokens', 'lost')
    const waited = closing(waiting)
    await once(waiting, 'secureConnect')
    const lost = [
      await callStream(sidecar, 'lost'),
      await callSocket(sidecar, 'lost'),
      await callTunnel(sidecar, 'lost', token),
    ]
    const desk = await callStream(sidecar, 'desk')
    revoke(certificates.lost)
    await Promise.all([waited, ...lost.map(({ closed }) => closed)])
    await sidecar.until(() => refusals(sidecar, 'lost').length === 4)
    const lines = refusals(sidecar, 'lost')
    assert.deepEqual(lines.map(({ entrance }) => entrance).sort(), ['socket', 'stream', 'tokens', 'tokens'])
    for (const line of lines) {
      assert.equal(line.level, 'warn')
      assert.match(String(line.message), /is refused: revoked \(the certificate of CN=lost .*callers\.crl/)
      assert.match(String(line.callerIdentity), /dns:lost\.example/)
    }
    assert.equal((await sidecar.line(({ event }) => event === 'generation.reweighed')).cut, 4)
    await allGoOn('two')
    assert.ok(await desk.echoes('two'))
    revoke(certificates.lost, below)
    await desk.closed
    await sidecar.until(() => refusals(sidecar, 'desk').length === 1)
    assert.match(String(refusals(sidecar, 'desk')[0]?.message), /the certificate of CN=Desks CA .*revoked/)
    await allGoOn('three')
  })

  it('a change that takes an authority away ends its callers, and those of another go on', async () => {
    const partner = await callStream(sidecar, 'partner')
    const file = path.join(sidecar.folder, 'truststores', 'partners', 'certificates.pem')
    writeFileSync(file, root.certificate)
    await partner.closed
    await sidecar.until(() => refusals(sidecar, 'partner').length === 1)
    assert.match(String(refusals(sidecar, 'partner')[0]?.message), /is refused: untrusted-issuer/)
    await allGoOn('four')
  })
})

it('with openTunnels: drain they go on, and the next one is refused', async () => {
  const { sidecar, revoke } = await startWith('drain')
  const lost = [await callStream(sidecar, 'lost'), await callSocket(sidecar, 'lost')]
  revoke(certificates.lost)
  while (refusals(sidecar, 'lost').length === 0) {
    const again = outer(sidecar, 'stream', 'lost')
    const caller = overStream(again)
    await Promise.race([caller.closed, caller.echoes('in').catch(() => caller.closed)])
    again.destroy()
  }
  for (const caller of lost) assert.ok(await caller.echoes('two'))
  assert.equal(sidecar.lines('generation.reweighed').length, 0)
})
