/** `vedette verify`: what a handshake would have found, without one; each verdict is held against a real handshake's. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { startBackend } from '../kit/start-backend.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })
const other = await makeCertificate({ subject: 'Other', ca: true })
const sans = { dns: ['app.localhost'] }
const leaf = await makeCertificate({ subject: 'leaf', issuer: middle, sans })
const expired = await makeCertificate({
  subject: 'expired',
  issuer: middle,
  sans,
  notBefore: new Date('2020-01-01'),
  notAfter: new Date('2021-01-01'),
})
const misnamed = await makeCertificate({ subject: 'misnamed', issuer: middle, sans: { dns: ['else.test'] } })
const selfSigned = await makeCertificate({ subject: 'self', sans })
const client = await makeCertificate({ subject: 'client', issuer: middle, sans, extKeyUsage: ['clientAuth'] })
const weak = await makeCertificate({ subject: 'weak', issuer: middle, sans, keyType: 'rsa', keyBits: 1024 })
const stranger = await makeCertificate({ subject: 'stranger', issuer: other, sans })

const settings = 'apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\ntruststores: truststores\n'

function house(t: TestContext, spec = '') {
  const policy = policyText(`  strictTls: { defaultTrustStore: corp }
  destinations: { allowAddresses: [127.0.0.0/8] }
  rules:
    - { name: forbidden, match: ["bad.localhost"], action: deny }
${spec}`)
  const folder = makeFolder(t, { 'policy.yaml': policy, 'vedette.yaml': settings })
  for (const [name, ca] of Object.entries({ corp: root, other })) {
    mkdirSync(path.join(folder, 'truststores', name), { recursive: true })
    writeFileSync(path.join(folder, 'truststores', name, 'ca.pem'), ca.certificate)
  }
  const config = ['--config', path.join(folder, 'vedette.yaml')]
  const verify = (chain: readonly Pick<MadeCertificate, 'certificate'>[], argv: readonly string[] = []) => {
    const file = path.join(folder, 'chain.pem')
    writeFileSync(file, chain.map(({ certificate }) => certificate).join(''))
    const host = argv.includes('--host') ? [] : ['--host', 'app.localhost']
    return runCli(['verify', '--chain', file, ...host, ...config, ...argv])
  }
  return { config, folder, verify }
}

describe('verify finds what a handshake with the same chain finds', () => {
  const cases: [why: string, chain: MadeCertificate[], status: number][] = [
    ['a good chain', [leaf, middle], 0],
    ['a good chain with its root', [leaf, middle, root], 0],
    ['a chain with a gap', [leaf, root], 10],
    ['a leaf alone', [leaf], 10],
    ['an expired leaf', [expired, middle], 10],
    ['another name', [misnamed, middle], 10],
    ['its own signature', [selfSigned], 10],
    ['an issuer nobody trusts', [stranger, other], 10],
    ['a certificate for clients', [client, middle], 10],
    ['a weak key', [weak, middle], 10],
  ]
  for (const [why, chain, status] of cases) {
    it(`${why}: exit ${status}`, async (t) => {
      const { verify, config } = house(t)
      const [shown, ...others] = chain
      const certificate = shown as MadeCertificate
      // Level 0, or OpenSSL would not even show the weak key.
      const backend = await startBackend(t, { certificate, chain: others, tls: { ciphers: 'DEFAULT@SECLEVEL=0' } })
      const offline = await verify(chain, ['--json'])
      const probed = await runCli(['probe', `app.localhost:${backend.port}`, ...config, '--json'])
      const [{ verdict, presentedChain }, { verdict: real }] = [JSON.parse(offline.stdout), JSON.parse(probed.stdout)]
      assert.equal(offline.status, status)
      assert.equal(probed.status, status)
      // What is only told of revocation is told of handshakes alone.
      const namesOf = ({ findings }: { findings: { name: string; isAside?: true }[] }) =>
        findings.flatMap(({ name, isAside }) => (isAside ? [] : [name]))
      assert.deepEqual(namesOf(verdict), namesOf(real))
      assert.deepEqual(
        presentedChain.map(({ sha256 }: { sha256: string }) => sha256),
        chain.map(({ sha256 }) => sha256),
      )
    })
  }
})

describe('verify', () => {
  it('judges at another moment, before, within and after the dates', async (t) => {
    const { verify } = house(t, '')
    const { validTo } = new X509Certificate(leaf.certificate)
    const after = new Date(Date.parse(validTo) + 86_400_000).toISOString().slice(0, 10)
    assert.equal((await verify([leaf, middle], ['--at', `${new Date().toISOString().slice(0, 19)}Z`])).status, 0)
    assert.match((await verify([leaf, middle], ['--at', after])).stdout, /finding {3}expired: /)
    assert.match((await verify([leaf, middle], ['--at', '2001-01-01'])).stdout, /finding {3}not-yet-valid: /)
    assert.equal((await verify([leaf], ['--at', 'tomorrow'])).status, 2)
    assert.equal((await verify([leaf], ['--at', '2027-02-30'])).status, 2)
  })

  it('trusts one store alone when told to, also one the policy does not name', async (t) => {
    const { verify } = house(t)
    assert.equal((await verify([stranger, other], ['--trust', 'other'])).status, 0)
    assert.equal((await verify([leaf, middle], ['--trust', 'other'])).status, 10)
    assert.equal((await verify([leaf, middle], ['--trust', 'nowhere'])).status, 3)
  })

  it('completes a chain from the pool of intermediates as a handshake does', async (t) => {
    const { folder, verify } = house(t)
    assert.equal((await verify([leaf])).status, 10)
    mkdirSync(path.join(folder, 'truststores', 'intermediates'))
    writeFileSync(path.join(folder, 'truststores', 'intermediates', 'middle.pem'), middle.certificate)
    assert.equal((await verify([leaf])).status, 0)
  })

  it('exits 11 for what passes only because nothing is enforced', async (t) => {
    const { verify } = house(t, '    - { name: lenient, match: ["app.localhost"], enforcement: report }')
    const { status, stdout } = await verify([expired, middle])
    assert.equal(status, 11)
    assert.match(stdout, /^verdict {3}allowed \(report\), would be refused$/m)
  })

  it('exits 10 for a host that a rule denies', async (t) => {
    assert.equal((await house(t).verify([leaf, middle], ['--host', 'bad.localhost'])).status, 10)
  })

  it('says what is wrong with a chain file, and calls it no trust store', async (t) => {
    const { verify } = house(t)
    const { status, stderr } = await verify([{ certificate: 'rubbish' }])
    assert.equal(status, 4)
    assert.match(stderr, /chain file .*chain\.pem: holds no certificate/)
    assert.match((await verify([leaf, { certificate: leaf.key }])).stderr, /holds a private key/)
  })
})
