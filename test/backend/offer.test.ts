/** What really leaves in the ClientHello for each TLS setting of a rule, and what is made of what the backend picks. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { Rule } from '../../src/policy/policy.ts'
import type { ClientHello } from '../kit/capture-client-hello.ts'
import { makeOffer, type OfferWish } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { ask, makeBackends, namesOf } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['good.test', '127.0.0.1', '::1'])
const rsa = await makeTrust(['good.test'], { name: 'rsa', leaf: { keyType: 'rsa' } })
const sets = [trust.set, rsa.set]
const resolve = async () => ['127.0.0.1']
const old: tls.TlsOptions = { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }

async function helloOf(t: TestContext, unlisted: Partial<Rule>, host = 'good.test'): Promise<ClientHello> {
  const backend = await startBackend(t, { certificate: trust.leaf, tls: old })
  await makeBackends(t, { trust: sets, unlisted }, { resolve }).verdict(`${host}:${backend.port}`)
  return backend.hellos[0] as ClientHello
}

const A128 = 'TLS_AES_128_GCM_SHA256'
const A256 = 'TLS_AES_256_GCM_SHA384'
const EC128 = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'
const ECCBC = 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'

const offers: { why: string; offer: OfferWish; hello: Partial<ClientHello> }[] = [
  {
    why: 'the default set: hybrid group offered, and a share of the classic one only',
    offer: {},
    hello: {
      versions: ['TLSv1.3', 'TLSv1.2'],
      ciphers: ['1301', '1302', '1303', 'c02b', 'c02f', 'c02c', 'c030', 'cca9', 'cca8'],
      groups: ['X25519MLKEM768', 'x25519', 'secp256r1', 'secp384r1', 'secp521r1'],
      keyShares: ['x25519'],
    },
  },
  {
    why: 'post-quantum preferred: both shares',
    offer: { postQuantum: 'prefer' },
    hello: { keyShares: ['X25519MLKEM768', 'x25519'] },
  },
  {
    why: 'TLS 1.3 alone',
    offer: { protocols: ['TLSv1.3'], ciphers: [A256, A128] },
    hello: { versions: ['TLSv1.3'], ciphers: ['1302', '1301'] },
  },
  {
    why: 'TLS 1.2 alone',
    offer: { protocols: ['TLSv1.2'], ciphers: [EC128, A128] },
    hello: { versions: ['TLSv1.2'], ciphers: ['c02b'] },
  },
  {
    why: 'the order written in the rule',
    offer: { ciphers: [A256, A128, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', EC128] },
    hello: { ciphers: ['1302', '1301', 'c030', 'c02b'] },
  },
  {
    why: 'protocols with a hole as the whole range, highest first',
    offer: { protocols: ['TLSv1', 'TLSv1.3'], ciphers: [A128, ECCBC], securityLevel: 0 },
    hello: { versions: ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] },
  },
  {
    why: 'the oldest protocols at security level 0',
    offer: { protocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2'], ciphers: [EC128, ECCBC], securityLevel: 0 },
    hello: { ciphers: ['c02b', 'c009'] },
  },
  {
    why: 'TLS 1.3 alone at security level 1',
    offer: { protocols: ['TLSv1.3'], ciphers: [A128], securityLevel: 1 },
    hello: { versions: ['TLSv1.3'], ciphers: ['1301'] },
  },
  {
    why: 'groups in the order written',
    offer: { groups: ['P-384', 'X25519'], postQuantum: 'off' },
    hello: { groups: ['secp384r1', 'x25519'], keyShares: ['secp384r1'] },
  },
]
for (const { why, offer, hello } of offers) {
  test(`the ClientHello offers ${why}`, async (t) => {
    const seen = await helloOf(t, { tls: makeOffer(offer) })
    assert.deepEqual(
      Object.fromEntries(Object.keys(hello).map((name) => [name, seen[name as keyof ClientHello]])),
      hello,
    )
  })
}

const names: { why: string; rule: Partial<Rule>; host?: string; sent: string | undefined }[] = [
  { why: 'SNI on', rule: { sni: true }, sent: 'good.test' },
  { why: 'SNI off', rule: { sni: false }, sent: undefined },
  { why: 'another name', rule: { sni: 'front.test' }, sent: 'front.test' },
  { why: 'SNI on and an IPv4 address', rule: { sni: true }, host: '127.0.0.1', sent: undefined },
  { why: 'SNI on and an IPv6 address', rule: { sni: true }, host: '[::1]', sent: undefined },
  { why: 'another name and an address', rule: { sni: 'front.test' }, host: '127.0.0.1', sent: 'front.test' },
]
for (const { why, rule, host, sent } of names) {
  test(`with ${why} the server name sent is ${sent}, and the name verified is the destination's`, async (t) => {
    const listen = host === '[::1]' ? { host: '::1' } : {}
    const backend = await startBackend(t, { certificate: trust.leaf, ...listen })
    const authority = `${host ?? 'good.test'}:${backend.port}`
    const verdict = await makeBackends(t, { trust: sets, unlisted: rule }, { resolve }).verdict(authority)
    assert.equal(backend.hellos[0]?.serverName, sent)
    assert.deepEqual(verdict.findings, [])
  })
}

test('the name sent is not the name verified: a front name does not make its certificate right', async (t) => {
  const front = await makeCertificate({ subject: 'front', issuer: trust.ca, sans: { dns: ['front.test'] } })
  const backend = await startBackend(t, { certificate: front })
  const { verdict } = makeBackends(t, { trust: sets, unlisted: { sni: 'front.test' } }, { resolve })
  assert.deepEqual(namesOf(await verdict(`good.test:${backend.port}`)), ['name-mismatch'])
})

test('with SNI off and no name verified as localhost, a certificate for localhost is refused', async (t) => {
  const local = await makeCertificate({
    subject: 'x',
    issuer: trust.ca,
    sans: { dns: ['localhost'], ip: ['127.0.0.1'] },
  })
  const backend = await startBackend(t, { certificate: local })
  const { verdict } = makeBackends(t, { trust: sets, unlisted: { sni: false } }, { resolve })
  assert.deepEqual(namesOf(await verdict(`good.test:${backend.port}`)), ['name-mismatch'])
})

test('a pooled connection asks for http/1.1 and nothing else, a verifying handshake for nothing', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf, tls: { ALPNProtocols: ['h2', 'http/1.1'] } })
  const { open, backends, decision } = makeBackends(t, { trust: sets }, { resolve })
  await open(`good.test:${backend.port}`)
  await backends.verdictFor(decision(`good.test:${backend.port}`))
  assert.deepEqual(
    backend.hellos.map((hello) => hello.alpn),
    [['http/1.1'], []],
  )
  assert.equal(backend.handshakes[0]?.alpn, 'http/1.1')
})

test('a client certificate is shown when the rule names one, and not otherwise', async (t) => {
  const made = await makeCertificate({ subject: 'caller-7', issuer: trust.ca })
  const identity = { name: 'exchange', certificate: made.certificate, key: made.key, sha256: made.sha256 }
  const backend = await startBackend(t, {
    certificate: trust.leaf,
    tls: { requestCert: true, rejectUnauthorized: false },
  })
  const wish = { trust: sets, identities: [identity] }
  const answer = async (unlisted: Partial<Rule>) => {
    const backendOpen = await makeBackends(t, { ...wish, unlisted }, { resolve }).open(`good.test:${backend.port}`)
    // The handshake is over for the backend once it has answered something.
    await ask(backendOpen)
  }
  await answer({ clientCertificate: 'exchange' })
  await answer({})
  assert.deepEqual(
    backend.handshakes.map((each) => each.clientName),
    ['caller-7', undefined],
  )
})

const lowVersion: OfferWish = {
  protocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
  ciphers: [A128, EC128, ECCBC],
  securityLevel: 0,
}
test('TLS 1.1 is spoken where a rule allows it, and refused as a protocol everywhere else', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf, tls: { ...old, maxVersion: 'TLSv1.1' } })
  const authority = `good.test:${backend.port}`
  const allowed = await makeBackends(t, { trust: sets, unlisted: { tls: makeOffer(lowVersion) } }, { resolve }).open(
    authority,
  )
  assert.equal(allowed.tls.protocol, 'TLSv1.1')
  assert.equal(allowed.verdict.outcome, 'trusted')

  const error = await makeBackends(t, { trust: sets }, { resolve }).refusal(authority)
  assert.equal(error.code, 'POLICY_VERDICT_REFUSED')
  assert.match(error.message, /protocol-refused \(speaks none of the TLS versions that the rule offers/)
})

const holed: { max: tls.SecureVersion; outcome: 'trusted' | 'refused' }[] = [
  { max: 'TLSv1', outcome: 'trusted' },
  { max: 'TLSv1.1', outcome: 'refused' },
  { max: 'TLSv1.2', outcome: 'trusted' },
  { max: 'TLSv1.3', outcome: 'trusted' },
]
for (const { max, outcome } of holed) {
  test(`under a rule for TLS 1.0 and 1.2 a backend of up to ${max} is ${outcome}`, async (t) => {
    const backend = await startBackend(t, { certificate: trust.leaf, tls: { ...old, maxVersion: max } })
    const unlisted = { tls: makeOffer({ protocols: ['TLSv1', 'TLSv1.2'], ciphers: [EC128, ECCBC], securityLevel: 0 }) }
    const verdict = await makeBackends(t, { trust: sets, unlisted }, { resolve }).verdict(`good.test:${backend.port}`)
    assert.deepEqual([verdict.outcome, namesOf(verdict)], [outcome, outcome === 'trusted' ? [] : ['protocol-refused']])
    const agreed = max === 'TLSv1.3' ? 'TLSv1.2' : max
    if (outcome === 'trusted') assert.equal(backend.handshakes[0]?.protocol, agreed)
  })
}

const picks: { why: string; server: tls.TlsOptions; rule: OfferWish; finding: string; detail: RegExp }[] = [
  {
    why: 'TLS 1.2',
    server: { maxVersion: 'TLSv1.2' },
    rule: { protocols: ['TLSv1.3'], ciphers: [A128, A256, 'TLS_CHACHA20_POLY1305_SHA256', EC128] },
    finding: 'protocol-refused',
    detail: /^TLSv1\.2 was agreed on, the rule offers TLSv1\.3$/,
  },
  {
    why: 'a suite of TLS 1.3',
    server: { minVersion: 'TLSv1.3', ciphers: A256 },
    rule: { protocols: ['TLSv1.3'], ciphers: [A128] },
    finding: 'cipher-refused',
    detail: /^TLS_AES_256_GCM_SHA384 was agreed on, the rule offers TLS_AES_128_GCM_SHA256$/,
  },
  {
    why: 'a suite of TLS 1.2',
    server: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    rule: { ciphers: [A128, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] },
    finding: 'cipher-refused',
    detail: /^TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 was agreed on/,
  },
  {
    why: 'a group',
    server: { ecdhCurve: 'P-384' },
    rule: { groups: ['X25519'] },
    finding: 'group-refused',
    detail: /^P-384 was agreed on, the rule offers X25519$/,
  },
]
for (const { why, server, rule, finding, detail } of picks) {
  test(`in report mode ${why} that the rule does not offer is reported as ${finding}; enforced, there is no connection`, async (t) => {
    const backend = await startBackend(t, { certificate: trust.leaf, tls: server })
    const authority = `good.test:${backend.port}`
    const wish = { trust: sets, unlisted: { tls: makeOffer(rule) } }
    const reporting = makeBackends(t, { ...wish, unlisted: { ...wish.unlisted, enforcement: 'report' } }, { resolve })
    const verdict = await reporting.verdict(authority)
    assert.deepEqual([verdict.outcome, namesOf(verdict), verdict.wouldRefuse], ['allowed', [finding], true])
    assert.match(verdict.findings[0]?.detail ?? '', detail)

    const error = await makeBackends(t, wish, { resolve }).refusal(authority)
    assert.match(error.code, finding === 'protocol-refused' ? /^POLICY_VERDICT_REFUSED$/ : /^BACKEND_REFUSED_US$/)
  })
}

test('groups agreed on in TLS 1.2 and by hybrid key exchange are known by the names of the rule', async (t) => {
  const p256 = await startBackend(t, { certificate: trust.leaf, tls: { maxVersion: 'TLSv1.2', ecdhCurve: 'P-256' } })
  const hybrid = await startBackend(t, { certificate: trust.leaf, tls: { ecdhCurve: 'X25519MLKEM768' } })
  const { open } = makeBackends(t, { trust: sets }, { resolve })
  const [first, second] = [await open(`good.test:${p256.port}`), await open(`good.test:${hybrid.port}`)]
  assert.deepEqual([first.verdict.findings, second.verdict.findings], [[], []])
  assert.equal(second.tls.group, 'X25519MLKEM768')
})

test('an RSA backend of TLS 1.2 is reached under the suite it picked', async (t) => {
  const backend = await startBackend(t, { certificate: rsa.leaf, tls: { maxVersion: 'TLSv1.2' } })
  const { tls: facts, verdict } = await makeBackends(t, { trust: sets }, { resolve }).open(`good.test:${backend.port}`)
  assert.match(facts.cipher, /^TLS_ECDHE_RSA_WITH_/)
  assert.equal(verdict.outcome, 'trusted')
})
