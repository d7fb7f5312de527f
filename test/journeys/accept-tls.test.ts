/** Callers that speak TLS with us: OpenSSL's client on one side, a plain host on the other, one settings file between. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startOpensslServer } from '../kit/real-backends.ts'
import { startRawBackend } from '../kit/start-backend.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'
import { startTlsBehind } from '../kit/start-tls-behind.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
let folder: string

before(async () => {
  await needTools(['openssl'])
  folder = mkdtempSync(path.join(tmpdir(), 'vedette-accept-'))
  cleaner.after(() => rmSync(folder, { recursive: true, force: true }))
  const gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
  const server = await startOpensslServer(cleaner, gateway.leaf)
  const callers = await makeCertificate({ subject: 'Callers CA', ca: true })
  const host = await startRawBackend(cleaner, {
    onSocket: (socket) => {
      socket.write('login: ')
      socket.on('data', (bytes) => socket.end(`welcome ${bytes.toString()}`))
    },
  })
  writePair('gateway', gateway.leaf)
  writePair('desk', await makeCertificate({ subject: 'desk', issuer: callers, sans: { dns: ['seven.desks.example'] } }))
  writePair('stranger', await makeCertificate({ subject: 'stranger' }))
  writeFileSync(path.join(folder, 'ca.pem'), gateway.ca.certificate)
  sidecar = await startSidecar(cleaner, {
    trust: { callers: callers.certificate, ours: gateway.ca.certificate },
    spec: `rules:
  - { name: server, match: [gateway.localhost], trustStores: [ours] }
  - { name: desks, match: [localhost], callers: { dns: ["*.desks.example"] }, plaintext: true }
  - { name: others, match: [localhost], action: deny }`,
    settings: `identities: ${folder}
services:
  - name: terminal
    accept: tls://127.0.0.1:0
    connect: tcp://localhost:${host.port}
    tls: { certificate: gateway, verifyClient: optional, trustStores: [callers] }
  - name: secure
    accept: tls://127.0.0.1:0
    connect: tls://gateway.localhost:${server}
    tls: { certificate: gateway }
  - name: header
    accept: tls://127.0.0.1:0
    connect: tcp://localhost:${host.port}
    proxyProtocol: { in: v1, from: [127.0.0.1] }
    tls: { certificate: gateway, verifyClient: required, trustStores: [callers] }
  - name: file
    accept: tls+unix:desk.sock
    mode: "0660"
    connect: tcp://localhost:${host.port}
    tls: { certificate: gateway, verifyClient: required, trustStores: [callers] }
`,
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

function writePair(name: string, { certificate, key }: MadeCertificate): void {
  mkdirSync(path.join(folder, name), { recursive: true })
  writeFileSync(path.join(folder, name, 'tls.crt'), certificate)
  writeFileSync(path.join(folder, name, 'tls.key'), key)
}

/** Speaks TLS with a service as OpenSSL's own client, trusting our authority alone. */
function client(service: string, shows?: string, more: readonly string[] = [], input = 'seven\n') {
  const pair = (name: string) => [
    '-cert',
    path.join(folder, name, 'tls.crt'),
    '-key',
    path.join(folder, name, 'tls.key'),
  ]
  const to = service === 'file' ? ['-unix', socketFile()] : ['-connect', `127.0.0.1:${sidecar.servicePort(service)}`]
  const args = ['s_client', '-quiet', ...to]
  const checks = [
    '-CAfile',
    path.join(folder, 'ca.pem'),
    '-verify_hostname',
    'gateway.localhost',
    '-verify_return_error',
  ]
  return runProgram('openssl', [...args, ...checks, ...(shows ? pair(shows) : []), ...more], { input })
}

const socketFile = () => path.join(sidecar.folder, 'desk.sock')

const lineOf = (service: string, fits: (line: Record<string, unknown>) => boolean) =>
  sidecar.line((line) => line.event === 'tunnel' && line.entrance === service && fits(line))

describe('a service that accepts TLS', () => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    it(`carries a caller with a certificate to a plain host, and knows who it was (${version})`, async () => {
      const { stdout } = await client('terminal', 'desk', [version])
      assert.match(stdout, /^login: welcome seven/)
      const protocol = version === '-tls1_2' ? 'TLSv1.2' : 'TLSv1.3'
      const line = await lineOf('terminal', ({ callerProtocol }) => callerProtocol === protocol)
      assert.equal(line.rule, 'desks')
      assert.match(String(line.callerIdentity), /^dns:seven\.desks\.example, commonName:desk/)
    })
  }

  it('refuses a caller without a certificate by the rule, and no byte reaches the host', async () => {
    const { stdout } = await client('terminal')
    assert.equal(stdout, '')
    const line = await lineOf('terminal', ({ callerIdentity }) => callerIdentity === undefined)
    assert.equal(line.error, 'POLICY_RULE_DENIES')
    assert.equal(line.rule, 'others')
  })

  it('refuses a caller that nobody vouches for', async () => {
    const { stdout } = await client('terminal', 'stranger')
    assert.equal(stdout, '')
    const line = await lineOf('terminal', ({ error }) => error === 'CALLER_CERTIFICATE_REFUSED')
    assert.match(String(line.message), /self-signed/)
  })

  it("carries OpenSSL's own client to OpenSSL's own server, over TLS on both sides", async () => {
    const { stdout } = await client('secure', undefined, [], 'GET / HTTP/1.0\r\n\r\n')
    assert.match(stdout, /^HTTP\/1\.0 200 ok\r\n/)
    // Its page tells what it has agreed on, and with whom: that is us.
    assert.match(stdout, /New, TLSv1\.3, Cipher is TLS_/)
    const { verdict, callerProtocol } = await lineOf('secure', () => true)
    assert.deepEqual([verdict, callerProtocol], ['trusted', 'TLSv1.3'])
  })

  it('reads a PROXY header in front of the handshake', async () => {
    const port = sidecar.servicePort('header')
    const desk = path.join(folder, 'desk')
    const answer = await startTlsBehind('PROXY TCP4 192.0.2.7 192.0.2.8 4711 992\r\n', {
      port,
      pair: desk,
      says: 'seven\n',
    })
    assert.match(answer, /^login: welcome seven/)
    const line = await lineOf('header', ({ rule }) => rule === 'desks')
    assert.equal(line.caller, '192.0.2.7')
  })
})

describe('a service that accepts TLS on a socket file', () => {
  it('carries a caller with a certificate, behind the bits asked for', async () => {
    assert.equal(statSync(socketFile()).mode & 0o777, 0o660)
    const { stdout } = await client('file', 'desk')
    assert.match(stdout, /^login: welcome seven/)
    const line = await lineOf('file', ({ rule }) => rule === 'desks')
    assert.deepEqual([line.callerProtocol, line.caller], ['TLSv1.3', ''])
  })

  for (const [who, shows, code] of [
    ['without a certificate', undefined, 'CALLER_TLS_FAILED'],
    ['that nobody vouches for', 'stranger', 'CALLER_CERTIFICATE_REFUSED'],
  ] as const) {
    it(`refuses a caller ${who}, and the next one is served`, async () => {
      const { stdout } = await client('file', shows)
      assert.equal(stdout, '')
      await lineOf('file', ({ error }) => error === code)
      assert.match((await client('file', 'desk')).stdout, /^login: welcome seven/)
    })
  }
})

describe('a key pair that changes', () => {
  it('is shown to the next caller, without a restart', async () => {
    const active = sidecar.lines('generation.active').length
    const other = await makeTrust(['gateway.localhost'], { name: 'gateway two' })
    writeFileSync(path.join(folder, 'ca.pem'), other.ca.certificate)
    writePair('gateway', other.leaf)
    await sidecar.until(() => sidecar.lines('generation.active').length > active)
    const { stdout } = await client('terminal', 'desk')
    assert.match(stdout, /^login: welcome seven/)
  })
})
