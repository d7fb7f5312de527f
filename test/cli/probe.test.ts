import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import type { CertificateWish } from '../../src/certificate/make-certificate.ts'
import { makeCrl, pemOf } from '../kit/make-crl.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend, startRawBackend } from '../kit/start-backend.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const settings = 'apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\ntruststores: truststores\n'

/** Starts a backend for app.localhost and probes it under a policy that trusts its authority. */
async function probe(
  test: TestContext,
  wish: { leaf?: Partial<CertificateWish>; strictTls?: string; argv?: string[] },
) {
  const { ca, leaf } = await makeTrust(['app.localhost'], { leaf: wish.leaf ?? {} })
  const backend = await startBackend(test, { certificate: leaf })
  const policy = policyText(`  strictTls: { defaultTrustStore: corp${wish.strictTls ?? ''} }
  destinations: { allowAddresses: [127.0.0.0/8] }
  rules:
    - { name: forbidden, match: ["bad.localhost"], action: deny }`)
  const folder = makeFolder(test, { 'policy.yaml': policy, 'vedette.yaml': settings })
  mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
  writeFileSync(path.join(folder, 'truststores', 'corp', 'ca.pem'), ca.certificate)
  const config = ['--config', path.join(folder, 'vedette.yaml')]
  const [command = 'probe', ...more] = wish.argv ?? []
  return { backend, ...(await runCli([command, `app.localhost:${backend.port}`, ...config, ...more])) }
}

const expired = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }

describe('probe', () => {
  it('exits 0 for a trusted backend and shows what was agreed, without sending a request', async (t) => {
    const { status, stdout, backend } = await probe(t, {})
    assert.equal(status, 0)
    assert.match(stdout, /^verdict {3}trusted$/m)
    assert.match(stdout, /^address {3}127\.0\.0\.1$/m)
    assert.match(stdout, /^ 1 {2}CN=app\.localhost$/m)
    assert.match(stdout, /^ {4}sha256 {3}[0-9a-f]{64}$/m)
    assert.match(stdout, /^agreed {4}TLSv1\.3 {2}TLS_\S+ {2}X25519/m)
    assert.deepEqual(backend.requests, [])
  })

  it('exits 10 for a refused backend and shows every finding', async (t) => {
    const { status, stdout } = await probe(t, { leaf: { ...expired, sans: { dns: ['other.example'] } } })
    assert.equal(status, 10)
    assert.match(stdout, /^verdict {3}refused$/m)
    assert.match(stdout, /^finding {3}expired: /m)
    assert.match(stdout, /^finding {3}name-mismatch: /m)
  })

  it('exits 11 for a backend that is let through although it is not trusted', async (t) => {
    const { status, stdout } = await probe(t, { leaf: expired, strictTls: ', enforcement: report' })
    assert.equal(status, 11)
    assert.match(stdout, /^verdict {3}allowed \(report\), would be refused$/m)
  })

  it('asks for TLS in the words of a protocol first, and says when the backend does not offer it', async (t) => {
    const { ca, leaf } = await makeTrust(['app.localhost'])
    const { port } = await startRawBackend(t, {
      onSocket: (socket) => {
        socket.once('data', () => {
          socket.write('S', () => new tls.TLSSocket(socket, { isServer: true, cert: leaf.certificate, key: leaf.key }))
        })
      },
    })
    const { port: plain } = await startRawBackend(t, {
      onSocket: (socket) => socket.once('data', () => socket.write('N')),
    })
    const folder = makeFolder(t, {
      'policy.yaml': policyText(
        '  strictTls: { defaultTrustStore: corp }\n  destinations: { allowAddresses: [127.0.0.0/8] }',
      ),
      'vedette.yaml': settings,
    })
    mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
    writeFileSync(path.join(folder, 'truststores', 'corp', 'ca.pem'), ca.certificate)
    const ask = (to: number) =>
      runCli(['probe', `app.localhost:${to}`, '--config', path.join(folder, 'vedette.yaml'), '--starttls', 'pgsql'])
    const { status, stdout } = await ask(port)
    assert.match(stdout, /^verdict {3}trusted$/m)
    assert.equal(status, 0)
    const refused = await ask(plain)
    assert.match(refused.stderr, /does not offer TLS: it answered SSLRequest with N/)
    assert.notEqual(refused.status, 0)
  })

  it('exits 10 for a destination that a rule denies, and dials nobody', async (t) => {
    const { status, stdout } = await runCli(['probe', 'bad.localhost', '--policy', '-'], {
      stdin: policyText('  rules:\n    - { name: forbidden, match: ["bad.localhost"], action: deny }'),
    })
    assert.equal(status, 10)
    assert.match(stdout, /bad\.localhost:443 is denied by the policy/)
    assert.ok(t)
  })

  it('exits 1 for a backend that is not there: that is not a verdict', async (t) => {
    const { backend } = await probe(t, {})
    await backend.close()
    const { status, stderr } = await runCli(['probe', `app.localhost:${backend.port}`, '--policy', '-'], {
      stdin: policyText('  destinations: { allowAddresses: [127.0.0.0/8, "::1/128"] }'),
    })
    assert.equal(status, 1)
    assert.match(stderr, /BACKEND_CONNECT_REFUSED/)
  })

  it('exits 10 for an address that the policy denies', async () => {
    const { status, stderr } = await runCli(['probe', '127.0.0.1:9', '--policy', '-'], {
      stdin: policyText('  sni: true'),
    })
    assert.equal(status, 10)
    assert.match(stderr, /POLICY_ADDRESS_DENIED/)
  })

  it('gives the verdict as JSON', async (t) => {
    const { stdout } = await probe(t, { leaf: expired, argv: ['probe', '--json'] })
    const said = JSON.parse(stdout) as {
      verdict: { outcome: string; findings: { name: string }[] }
      tls: { protocol: string }
    }
    assert.equal(said.verdict.outcome, 'refused')
    assert.deepEqual(
      said.verdict.findings.map(({ name }) => name),
      ['expired', 'revocation-unknown'],
    )
    assert.equal(said.tls.protocol, 'TLSv1.3')
  })
})

describe('a probe under a policy that asks about revocation', () => {
  const house = async (t: TestContext, revoked: boolean) => {
    const { ca, leaf } = await makeTrust(['app.localhost'])
    const list = makeCrl({ issuer: ca, revoked: revoked ? [leaf] : [] })
    const backend = await startBackend(t, { certificate: leaf })
    const policy = policyText(`  strictTls: { defaultTrustStore: corp }
  revocation: { mode: hard, sources: [crl] }
  destinations: { allowAddresses: [127.0.0.0/8] }`)
    const folder = makeFolder(t, { 'policy.yaml': policy, 'vedette.yaml': settings })
    mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
    writeFileSync(path.join(folder, 'truststores', 'corp', 'ca.pem'), ca.certificate)
    mkdirSync(path.join(folder, 'crls'))
    writeFileSync(path.join(folder, 'crls', 'corp.crl'), pemOf(list))
    return { folder, argv: [`app.localhost:${backend.port}`, '--config', path.join(folder, 'vedette.yaml')] }
  }

  for (const [says, revoked, status] of [
    ['names nobody', false, 0],
    ['names the certificate', true, 10],
  ] as const) {
    it(`reads the folder of lists: one that ${says} makes it exit ${status}, and nothing is written`, async (t) => {
      const { folder, argv } = await house(t, revoked)
      const found = await runCli(['probe', ...argv])
      assert.equal(found.status, status, found.stdout)
      assert.equal(/^finding {3}revoked: .*says the list .*corp\.crl$/m.test(found.stdout), revoked)
      assert.equal(existsSync(path.join(folder, 'state')), false)
    })
  }
})

describe('explain --connect', () => {
  it('adds the verdict of a real handshake to the explanation', async (t) => {
    const { status, stdout } = await probe(t, { argv: ['explain', '--connect'] })
    assert.equal(status, 0)
    assert.match(stdout, /No rule names app\.localhost/)
    assert.match(stdout, /^verdict {3}trusted$/m)
  })

  it('exits 10 when the backend would be refused', async (t) => {
    const { status } = await probe(t, { leaf: expired, argv: ['explain', '--connect'] })
    assert.equal(status, 10)
  })
})
