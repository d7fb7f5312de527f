/** What no backend of a test can be made to show: OpenSSL's rarer errors, dates that cannot be read, hostile certificates. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import type net from 'node:net'
import test from 'node:test'
import type tls from 'node:tls'
import { Anchors } from '../../../src/backend/judge/anchors.ts'
import { certificateFindings, type Shown } from '../../../src/backend/judge/findings.ts'
import { Intermediates } from '../../../src/backend/judge/intermediates.ts'
import { opensslFinding } from '../../../src/backend/judge/openssl-findings.ts'
import { makeCertificate } from '../../../src/certificate/make-certificate.ts'
import { trustFindings } from '../../../src/policy/policy.ts'
import { emptyPool } from '../../../src/truststore/intermediate-pool.ts'
import { makeOffer } from '../../kit/make-snapshot.ts'
import { makeTrust, trustSetOf } from '../../kit/make-trust.ts'
import { makeRule } from '../../kit/policies.ts'
import { ask, makeBackends, namesOf } from '../../kit/reach.ts'
import { startBackend } from '../../kit/start-backend.ts'

const trust = await makeTrust(['good.test'])
const resolve = async () => ['127.0.0.1']
const leaf = new X509Certificate(trust.leaf.certificate)

function find(shown: Partial<Shown>): string[] {
  const base: Shown = {
    chain: [leaf],
    opensslError: undefined,
    intermediates: new Intermediates(emptyPool),
    anchors: new Anchors([trust.set]),
    name: 'good.test',
    rule: makeRule(),
    nowMs: Date.now(),
  }
  return certificateFindings({ ...base, ...shown }).findings.map(({ name }) => name)
}

const codes: { code: string; found: string[] }[] = [
  { code: 'CERT_HAS_EXPIRED', found: ['expired'] },
  { code: 'CERT_NOT_YET_VALID', found: ['not-yet-valid'] },
  { code: 'CERT_REVOKED', found: ['revoked'] },
  { code: 'UNABLE_TO_GET_CRL', found: ['revocation-unknown'] },
  { code: 'INVALID_CA', found: ['wrong-purpose'] },
  { code: 'PATH_LENGTH_EXCEEDED', found: ['wrong-purpose'] },
  { code: 'INVALID_PURPOSE', found: ['wrong-purpose'] },
  { code: 'CERT_SIGNATURE_FAILURE', found: ['untrusted-issuer'] },
  { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', found: ['untrusted-issuer'] },
  { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', found: ['self-signed'] },
  { code: 'UNSPECIFIED', found: ['wrong-purpose'] },
  { code: 'SOMETHING_NEW_OF_OPENSSL_4', found: ['wrong-purpose'] },
]
for (const { code, found } of codes) {
  test(`OpenSSL's ${code} is a finding, although our own look at the chain finds nothing`, () => {
    assert.deepEqual(find({ opensslError: code }), found)
  })
}

test('an error without a name is never one that allow-and-log forgives', () => {
  for (const code of ['UNSPECIFIED', 'OUT_OF_MEM', 'CERT_UNTRUSTED', 'X']) {
    assert.ok(!trustFindings.includes(opensslFinding(code).name), code)
  }
})

test('an error without a name is explained by a weak key, but not where name constraints may be what is meant', async () => {
  const narrow = await makeCertificate({ subject: 'Narrow', ca: true, nameConstraints: { permitted: ['good.test'] } })
  const weak = (issuer: Parameters<typeof makeCertificate>[0]['issuer']) =>
    makeCertificate({ subject: 'x', issuer, sans: { dns: ['good.test'] }, keyType: 'rsa', keyBits: 1024 })
  const [free, bound] = [await weak(trust.ca), await weak(narrow)]
  const anchors = new Anchors([trustSetOf('both', [trust.ca, narrow])])
  const chainOf = (made: { certificate: string }) => [new X509Certificate(made.certificate)]
  assert.deepEqual(find({ chain: chainOf(free), opensslError: 'UNSPECIFIED', anchors }), ['weak-key'])
  assert.deepEqual(find({ chain: chainOf(bound), opensslError: 'UNSPECIFIED', anchors }), ['weak-key', 'wrong-purpose'])
})

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000)
const sans = { dns: ['good.test'] }

test('an issuer that is not valid yet is found behind a certificate that has expired', async () => {
  const young = await makeCertificate({ subject: 'Young', ca: true, notBefore: day(1), notAfter: day(9) })
  const old = await makeCertificate({ subject: 'x', issuer: young, sans, notBefore: day(-9), notAfter: day(-1) })
  const anchors = new Anchors([trustSetOf('young', [young])])
  const chain = [new X509Certificate(old.certificate)]
  assert.deepEqual(find({ chain, anchors, opensslError: 'CERT_HAS_EXPIRED' }), ['expired', 'not-yet-valid'])
})

test('an issuer of the right name and the wrong key is nobody, also behind an end in the past', async (t) => {
  const wish = { subject: 'Root', ca: true, keyIdentifiers: false }
  const [root, impostor] = [await makeCertificate(wish), await makeCertificate(wish)]
  for (const [dates, found] of [
    [{}, ['untrusted-issuer']],
    [{ notBefore: day(-9), notAfter: day(-1) }, ['expired', 'untrusted-issuer']],
  ] as const) {
    const certificate = await makeCertificate({ subject: 'x', issuer: impostor, sans, keyIdentifiers: false, ...dates })
    const backend = await startBackend(t, { certificate, chain: [root] })
    const { verdict } = makeBackends(t, { trust: [trustSetOf('root', [root])] }, { resolve })
    assert.deepEqual(namesOf(await verdict(`good.test:${backend.port}`)), found)
  }
})

test('the certificate of an authority is not one for a server, unless it signs itself as tools make them', async () => {
  const authority = await makeCertificate({ subject: 'x', ca: true, issuer: trust.ca, sans })
  const own = await makeCertificate({ subject: 'y', ca: true, sans })
  const anchors = new Anchors([trust.set, trustSetOf('own', [own])])
  const details = (made: { certificate: string }) => {
    const shown = { ...shownOf(new X509Certificate(made.certificate)), anchors }
    return certificateFindings(shown)
      .findings.map(({ detail }) => detail)
      .join()
  }
  assert.match(details(authority), /CN=x is that of a certificate authority, not of a server/)
  assert.doesNotMatch(details(own), /authority/)
})

test('without a certificate there is one finding and no key', () => {
  assert.deepEqual(find({ chain: [] }), ['no-certificate'])
})

const levels: { keyBits: number; hash: 'sha1' | 'sha256'; level: number; found: string[] }[] = [
  { keyBits: 2048, hash: 'sha256', level: 2, found: [] },
  { keyBits: 1024, hash: 'sha256', level: 2, found: ['weak-key'] },
  { keyBits: 1024, hash: 'sha256', level: 1, found: [] },
  { keyBits: 2048, hash: 'sha1', level: 1, found: ['weak-signature'] },
  { keyBits: 2048, hash: 'sha1', level: 0, found: [] },
  { keyBits: 512, hash: 'sha1', level: 0, found: ['weak-key'] },
]
for (const { keyBits, hash, level, found } of levels) {
  test(`an RSA key of ${keyBits} bits under ${hash} has ${found.join() || 'no finding'} at security level ${level}`, async () => {
    const wish = { subject: 'x', issuer: trust.ca, sans: { dns: ['good.test'] }, keyType: 'rsa' as const, keyBits }
    const made = await makeCertificate({ ...wish, signatureHash: hash })
    const rule = makeRule({ tls: makeOffer({ securityLevel: level }) })
    assert.deepEqual(find({ chain: [new X509Certificate(made.certificate)], rule }), found)
  })
}

test('the signature of an anchor is not minded, its key is', async () => {
  const old = await makeCertificate({ subject: 'Old', ca: true, keyType: 'rsa', keyBits: 2048, signatureHash: 'sha1' })
  const small = await makeCertificate({ subject: 'Small', ca: true, keyType: 'rsa', keyBits: 1024 })
  const by = async (issuer: typeof old) =>
    new X509Certificate((await makeCertificate({ subject: 'x', issuer, sans: { dns: ['good.test'] } })).certificate)
  const anchors = new Anchors([trustSetOf('both', [old, small])])
  assert.deepEqual(find({ chain: [await by(old)], anchors }), [])
  assert.deepEqual(find({ chain: [await by(small)], anchors }), ['weak-key'])
})

test('an old root of version 1 is an anchor like any other', async (t) => {
  const old = await makeCertificate({ subject: 'Version 1', version: 1 })
  const certificate = await makeCertificate({
    subject: 'x',
    issuer: old,
    sans: { dns: ['good.test'] },
    keyIdentifiers: false,
  })
  const backend = await startBackend(t, { certificate })
  const verdict = await makeBackends(t, { trust: [trustSetOf('old', [old])] }, { resolve }).verdict(
    `good.test:${backend.port}`,
  )
  assert.deepEqual(verdict.findings, [])
})

test('names with control characters are told escaped, and many names are cut', async () => {
  const hostile = async (dns: string[]) =>
    new X509Certificate((await makeCertificate({ subject: 'x', sans: { dns } })).certificate)
  const told = async (dns: string[]) => {
    const { findings } = certificateFindings(shownOf(await hostile(dns)))
    return findings.find(({ name }) => name === 'name-mismatch')?.detail ?? ''
  }
  const controls = await told(['a\u001b[31m\r\nfake: line', 'good.test\0.evil.test'])
  assert.match(controls, /\[a\\u001b\[31m\\u000d\\u000afake: line, good\.test\\u0000\.evil\.test\]/)
  assert.match(await told(Array.from({ length: 500 }, (_, index) => `n${index}.test`)), /n9\.test and 490 more\]/)
})

function shownOf(certificate: X509Certificate): Shown {
  return {
    chain: [certificate],
    opensslError: undefined,
    intermediates: new Intermediates(emptyPool),
    anchors: new Anchors([]),
    name: 'good.test',
    rule: makeRule(),
    nowMs: Date.now(),
  }
}

test('a certificate with ten thousand names among a hundred others is judged without a long stop', async () => {
  const dns = Array.from({ length: 10_000 }, (_, index) => `n${index}.test`)
  const wide = new X509Certificate(
    (await makeCertificate({ subject: 'x', issuer: trust.ca, sans: { dns } })).certificate,
  )
  const others = await Promise.all(
    Array.from({ length: 100 }, (_, index) => makeCertificate({ subject: `C${index}`, ca: true })),
  )
  const chain = [wide, ...others.map((made) => new X509Certificate(made.certificate))]
  const startedMs = performance.now()
  assert.deepEqual(find({ chain, opensslError: 'CERT_HAS_EXPIRED' }), ['name-mismatch', 'oversized-chain', 'expired'])
  assert.ok(performance.now() - startedMs < 500)
})

test('a backend without a certificate is refused, although an anonymous suite would do', async (t) => {
  const anonymous: tls.TlsOptions = { ciphers: 'AECDH-AES256-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' }
  const backend = await startBackend(t, { tls: anonymous })
  const offer = {
    ...makeOffer({ protocols: ['TLSv1.2'], ciphers: [], securityLevel: 0 }),
    openssl: { legacy: ['AECDH-AES256-SHA'], tls13: [] },
  }
  const { verdict } = makeBackends(
    t,
    { trust: [trust.set], unlisted: { tls: { ...offer, ciphers: ['TLS_ECDH_anon_WITH_AES_256_CBC_SHA'] } } },
    { resolve },
  )
  const reached = await verdict(`good.test:${backend.port}`)
  assert.deepEqual([reached.outcome, namesOf(reached)], ['refused', ['no-certificate']])
})

test('a backend that asks for renegotiation is answered with a refusal, not with another handshake', async (t) => {
  let followed = false
  let bytesBefore = 0
  const onSecure = (socket: tls.TLSSocket) => {
    socket.once('data', () => {
      socket.write('answer')
      bytesBefore = raw().bytesRead
      socket.renegotiate({}, () => {
        followed = true
      })
    })
  }
  const backend = await startBackend(t, { certificate: trust.leaf, tls: { maxVersion: 'TLSv1.2' }, onSecure })
  const raw = () => [...backend.sockets][0] as net.Socket
  const opened = await makeBackends(t, { trust: [trust.set] }, { resolve }).open(`good.test:${backend.port}`)
  assert.equal(await ask(opened), 'answer')
  // A refusal is one record with an alert; a ClientHello would be many times longer.
  while (raw().bytesRead === bytesBefore) await new Promise(setImmediate)
  assert.ok(raw().bytesRead - bytesBefore < 100, `${raw().bytesRead - bytesBefore} bytes`)
  assert.equal(followed, false)
})
