/** Backends that ask who we are: Apache with `SSLVerifyClient require`, by the proxy and by a service. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startApache } from '../kit/real-servers.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
let apache: number
let ca: MadeCertificate
let identities: string

before(async () => {
  await needTools(['curl'])
  const trust = await makeTrust(['known.localhost', 'stranger.localhost', 'nobody.localhost'])
  ca = await makeCertificate({ subject: 'Callers CA', ca: true })
  apache = await startApache(cleaner, trust.leaf, ca.certificate)
  identities = mkdtempSync(path.join(tmpdir(), 'vedette-identities-'))
  cleaner.after(() => rmSync(identities, { recursive: true, force: true }))
  writePair('app', await makeCertificate({ subject: 'first app', issuer: ca }))
  writePair('stranger', await makeCertificate({ subject: 'stranger' }))
  const service = (name: string) =>
    `  - { name: ${name}, accept: "127.0.0.1:0", connect: "tls://${name}.localhost:${apache}" }\n`
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: `strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
rules:
  - { name: known, match: [known.localhost], clientCertificate: app }
  - { name: stranger, match: [stranger.localhost], clientCertificate: stranger }`,
    settings: `identities: ${identities}\nservices:\n${service('known')}${service('nobody')}`,
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

function writePair(name: string, { certificate, key }: MadeCertificate): void {
  mkdirSync(path.join(identities, name), { recursive: true })
  writeFileSync(path.join(identities, name, 'tls.crt'), certificate)
  writeFileSync(path.join(identities, name, 'tls.key'), key)
}

const curl = (...args: string[]) => runProgram('curl', ['-sSi', '--max-time', '20', ...args])
const byProxy = (host: string) => curl('-x', sidecar.proxyUrl, `http://${host}.localhost:${apache}/`)

describe('a backend that wants a client certificate', () => {
  it('gets the key pair that its rule names, and no other', async () => {
    const { stdout } = await byProxy('known')
    assert.match(stdout, /^HTTP\/1\.1 200 OK\r\n.*X-Client: first app\r\n.*welcome\n$/s)
  })

  it('gets it by a service as well', async () => {
    const { stdout } = await curl(`http://127.0.0.1:${sidecar.servicePort('known')}/`)
    assert.match(stdout, /X-Client: first app\r\n/)
  })

  for (const [host, alert] of [
    ['nobody', 'certificate_required'],
    ['stranger', 'unknown_ca'],
  ] as const) {
    it(`says that it refuses ${host} after the handshake, and that is how it is told`, async () => {
      const { stdout } = await byProxy(host)
      assert.match(stdout, /^HTTP\/1\.1 502 /)
      assert.match(stdout, new RegExp(`Proxy-Status: vedette; error=tls_alert_received; alert-message="${alert}"`))
      const line = await sidecar.line(({ event, host: asked }) => event === 'request' && asked === `${host}.localhost`)
      assert.equal(line.error, 'BACKEND_REFUSED_US')
      assert.match(String(line.message), new RegExp(alert))
    })
  }

  it('is told as its refusal by a service, too, and the caller sees a broken connection', async () => {
    const { code } = await curl(`http://127.0.0.1:${sidecar.servicePort('nobody')}/`)
    assert.notEqual(code, 0)
    const line = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'nobody')
    assert.equal(line.error, 'BACKEND_REFUSED_US')
    assert.match(String(line.message), /certificate_required: it wants a client certificate/)
  })

  it('sees the new key pair once it has been renewed', async () => {
    const active = sidecar.lines('generation.active').length
    writePair('app', await makeCertificate({ subject: 'second app', issuer: ca }))
    assert.match(readFileSync(path.join(identities, 'app', 'tls.crt'), 'utf8'), /BEGIN/)
    await sidecar.until(() => sidecar.lines('generation.active').length > active)
    const { stdout } = await byProxy('known')
    assert.match(stdout, /X-Client: second app\r\n/)
  })
})
