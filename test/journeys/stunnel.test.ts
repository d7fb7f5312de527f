/** stunnel on either end of ours: its client comes to a service that accepts TLS, its server is the backend of another. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { RawSocket } from '../kit/entrance.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { accepting, freePort } from '../kit/real-backends.ts'
import { startServer } from '../kit/real-servers.ts'
import { startRawBackend } from '../kit/start-backend.ts'
import { type LogLine, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let folder: string
let sidecar: Sidecar
/** Where stunnel takes plain text for our service: as a host of the site, and as nobody in particular. */
let ports: Readonly<Record<'site' | 'nobody' | 'mistrustful', number>>

before(async () => {
  await needTools(['stunnel'])
  folder = mkdtempSync(path.join(tmpdir(), 'vedette-stunnel-'))
  cleaner.after(() => rmSync(folder, { recursive: true, force: true }))
  const ours = await makeTrust(['gateway.localhost'], { name: 'ours' })
  const theirs = await makeTrust(['stunnel.localhost'], { name: 'theirs' })
  writePair('gateway', ours.leaf)
  writePair('theirs', theirs.leaf)
  writePair('client', await makeCertificate({ subject: 'client', issuer: theirs.ca }))
  writeFileSync(path.join(folder, 'ours.pem'), ours.ca.certificate)
  writeFileSync(path.join(folder, 'theirs.pem'), theirs.ca.certificate)
  const echo = await startRawBackend(cleaner as never, {
    onSocket: (socket) => {
      socket.write('hello from behind\n')
      socket.pipe(socket)
    },
  })
  const server = await freePort()
  await startStunnel(
    `[server]\naccept = 127.0.0.1:${server}\nconnect = 127.0.0.1:${echo.port}\ncert = theirs/tls.crt\nkey = theirs/tls.key\n`,
    [server],
  )
  sidecar = await startSidecar(cleaner, {
    trust: { theirs: theirs.ca.certificate, ours: ours.ca.certificate },
    spec: `strictTls: { defaultTrustStore: none, customTrustStores: [theirs] }
rules:
  - { name: behind, match: ["127.0.0.1:${echo.port}"], plaintext: true }
  - { name: mistrustful, match: ["other.stunnel.localhost"], verifyName: stunnel.localhost, trustStores: [ours] }`,
    settings: `identities: ${folder}
services:
  - { name: out, accept: "127.0.0.1:0", connect: "tls://stunnel.localhost:${server}" }
  - { name: mistrustful, accept: "127.0.0.1:0", connect: "tls://other.stunnel.localhost:${server}" }
  - name: in
    accept: tls://127.0.0.1:0
    connect: tcp://127.0.0.1:${echo.port}
    tls: { certificate: gateway, verifyClient: required, trustStores: [theirs] }
`,
  })
  ports = { site: await freePort(), nobody: await freePort(), mistrustful: await freePort() }
  const client = (name: keyof typeof ports, authority: string, more: string) =>
    `[${name}]\nclient = yes\naccept = 127.0.0.1:${ports[name]}\nconnect = 127.0.0.1:${sidecar.servicePort('in')}\n` +
    `CAfile = ${authority}\nverifyChain = yes\ncheckHost = gateway.localhost\n${more}`
  const shown = 'cert = client/tls.crt\nkey = client/tls.key\n'
  const sections = [
    client('site', 'ours.pem', shown),
    client('nobody', 'ours.pem', ''),
    client('mistrustful', 'theirs.pem', shown),
  ]
  await startStunnel(sections.join('\n'), [])
  // To look whether it accepts is to be a caller of ours, who is refused; its last section is there when the others are.
  await accepting(ports.mistrustful)
  await lineOf('in', ({ error }) => error === 'CALLER_TLS_FAILED')
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

function writePair(name: string, { certificate, key }: MadeCertificate): void {
  mkdirSync(path.join(folder, name))
  writeFileSync(path.join(folder, name, 'tls.crt'), certificate)
  writeFileSync(path.join(folder, name, 'tls.key'), key, { mode: 0o600 })
}

async function startStunnel(sections: string, accepts: readonly number[]): Promise<void> {
  const own = mkdtempSync(path.join(tmpdir(), 'vedette-stunnel-'))
  const file = path.join(own, 'stunnel.conf')
  const absolute = sections.replaceAll(/^(cert|key|CAfile) = /gm, `$1 = ${folder}/`)
  writeFileSync(file, `foreground = yes\npid =\n${absolute}`)
  startServer(cleaner, own, 'stunnel', [file])
  await Promise.all(accepts.map(accepting))
}

/** Says something and gives what came back before the other side was done. */
async function talk(t: TestContext, port: number): Promise<string> {
  const caller = await RawSocket.connect(t, port)
  await caller.receive('hello from behind\n')
  caller.send('there and back\n')
  caller.socket.end()
  return await caller.receiveAll()
}

/** A caller that gets nothing at all. */
async function assertShutOut(t: TestContext, port: number): Promise<void> {
  const caller = await RawSocket.connect(t, port)
  await caller.until(({ closed, ended }) => closed || ended)
  assert.equal(caller.received, '')
}

const lineOf = (service: string, fits: (line: Record<string, unknown>) => boolean) =>
  sidecar.line((line) => line.event === 'tunnel' && line.entrance === service && fits(line))

describe('stunnel as the server', () => {
  it('is reached by a service under the policy, to the end of both directions', async (t) => {
    assert.equal(await talk(t, sidecar.servicePort('out')), 'there and back\n')
    const { verdict, error } = await lineOf('out', () => true)
    assert.deepEqual([verdict, error], ['trusted', undefined])
  })

  it('is refused where nobody vouches for its certificate', async (t) => {
    await assertShutOut(t, sidecar.servicePort('mistrustful'))
    assert.equal((await lineOf('mistrustful', () => true)).error, 'POLICY_VERDICT_REFUSED')
  })
})

describe('stunnel as the client', () => {
  it('comes in with its certificate, verifies ours, and is carried to the plain program behind', async (t) => {
    assert.equal(await talk(t, ports.site), 'there and back\n')
    const { callerIdentity, callerProtocol } = await lineOf('in', ({ error }) => error === undefined)
    assert.match(String(callerIdentity), /^commonName:client/)
    assert.equal(callerProtocol, 'TLSv1.3')
  })

  for (const [what, port] of [
    ['is not let in without a certificate', 'nobody'],
    ['does not come in where it does not trust ours', 'mistrustful'],
  ] as const) {
    it(what, async (t) => {
      const before = sidecar.lines('tunnel').length
      await assertShutOut(t, ports[port])
      await sidecar.until(() => sidecar.lines('tunnel').length > before)
      const { error, message } = sidecar.lines('tunnel').at(-1) as LogLine
      assert.equal(error, 'CALLER_TLS_FAILED')
      assert.match(String(message), port === 'nobody' ? /PEER_DID_NOT_RETURN_A_CERTIFICATE/ : /ALERT_UNKNOWN_CA/)
    })
  }
})
