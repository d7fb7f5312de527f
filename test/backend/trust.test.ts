/** Who is trusted: stores alone and together, anchors that are no roots, and nothing from the environment. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { buildContexts } from '../../src/backend/dial/contexts.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { Rule } from '../../src/policy/policy.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'
import { makeOffer, makeSnapshot } from '../kit/make-snapshot.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeRule } from '../kit/policies.ts'
import { makeBackends } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const resolve = async () => ['127.0.0.1']
const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })
const other = await makeCertificate({ subject: 'Other', ca: true })
const sans = { dns: ['good.test'] }
const leaf = await makeCertificate({ subject: 'leaf', issuer: middle, sans })
const otherLeaf = await makeCertificate({ subject: 'leaf', issuer: other, sans })
const selfSigned = await makeCertificate({ subject: 'self', sans })
const expired = { notBefore: new Date(Date.now() - 9e8), notAfter: new Date(Date.now() - 1e8) }

const { sets } = await loadTrustSets({ folder: '/nonexistent', names: ['bundled'] })
const bundled = sets.bundled as ReturnType<typeof trustSetOf>
const stores: Record<string, readonly MadeCertificate[]> = {
  root: [root],
  middle: [middle],
  leaf: [leaf],
  other: [other],
  self: [selfSigned],
}
const trust = [bundled, ...Object.entries(stores).map(([name, anchors]) => trustSetOf(name, anchors))]

interface Case {
  readonly why: string
  readonly shown: MadeCertificate
  readonly chain?: readonly MadeCertificate[]
  readonly trustStores: readonly string[]
  readonly outcome: Verdict['outcome']
}
const cases: readonly Case[] = [
  { why: 'its root in the one store', shown: leaf, chain: [middle], trustStores: ['root'], outcome: 'trusted' },
  { why: 'another root in the one store', shown: leaf, chain: [middle], trustStores: ['other'], outcome: 'refused' },
  { why: 'only the default store', shown: leaf, chain: [middle], trustStores: ['bundled'], outcome: 'refused' },
  {
    why: 'the custom store beside the default one',
    shown: leaf,
    chain: [middle],
    trustStores: ['bundled', 'root'],
    outcome: 'trusted',
  },
  { why: 'two custom stores, by the second', shown: otherLeaf, trustStores: ['root', 'other'], outcome: 'trusted' },
  { why: 'no store', shown: leaf, chain: [middle], trustStores: [], outcome: 'refused' },
  { why: 'its intermediate as anchor', shown: leaf, trustStores: ['middle'], outcome: 'trusted' },
  { why: 'its intermediate as anchor, another leaf', shown: otherLeaf, trustStores: ['middle'], outcome: 'refused' },
  { why: 'its own certificate as anchor', shown: leaf, trustStores: ['leaf'], outcome: 'trusted' },
  { why: 'the certificate of another as anchor', shown: otherLeaf, trustStores: ['leaf'], outcome: 'refused' },
  { why: 'its self-signed certificate as anchor', shown: selfSigned, trustStores: ['self'], outcome: 'trusted' },
  { why: 'a self-signed certificate that is no anchor', shown: selfSigned, trustStores: ['root'], outcome: 'refused' },
]
for (const { why, shown, chain = [], trustStores, outcome } of cases) {
  test(`a backend with ${why} is ${outcome}`, async (t) => {
    const backend = await startBackend(t, { certificate: shown, chain })
    const verdict = await makeBackends(t, { trust, unlisted: { trustStores } }, { resolve }).verdict(
      `good.test:${backend.port}`,
    )
    assert.equal(verdict.outcome, outcome, JSON.stringify(verdict.findings))
  })
}

test('an anchor that has expired, or an intermediate that has, is found as well as an expired leaf', async (t) => {
  const oldRoot = await makeCertificate({ subject: 'Old Root', ca: true, ...expired })
  const oldMiddle = await makeCertificate({ subject: 'Old Middle', ca: true, issuer: root, ...expired })
  const byRoot = await startBackend(t, {
    certificate: await makeCertificate({ subject: 'leaf', issuer: oldRoot, sans }),
  })
  const byMiddle = await startBackend(t, {
    certificate: await makeCertificate({ subject: 'leaf', issuer: oldMiddle, sans }),
    chain: [oldMiddle],
  })
  const { verdict } = makeBackends(t, { trust: [trustSetOf('a', [root, oldRoot])] }, { resolve })
  for (const [backend, whose] of [
    [byRoot, 'Old Root'],
    [byMiddle, 'Old Middle'],
  ] as const) {
    const { findings } = await verdict(`good.test:${backend.port}`)
    assert.deepEqual(
      findings.map(({ name }) => name),
      ['expired'],
    )
    assert.match(findings[0]?.detail ?? '', new RegExp(`the certificate of CN=${whose} expired on`))
  }
})

test('of two certificates of one authority the valid one makes the path, whichever was sent', async (t) => {
  const oldMiddle = await makeCertificate({
    subject: 'Middle',
    ca: true,
    issuer: root,
    privateKey: middle.key,
    ...expired,
  })
  const backend = await startBackend(t, { certificate: leaf, chain: [oldMiddle, middle] })
  const verdict = await makeBackends(t, { trust, unlisted: { trustStores: ['root'] } }, { resolve }).verdict(
    `good.test:${backend.port}`,
  )
  assert.equal(verdict.outcome, 'trusted', JSON.stringify(verdict.findings))
})

test('two authorities that certify each other end the walk without an anchor, in good time', async (t) => {
  const [a, b] = [await makeCertificate({ subject: 'A', ca: true }), await makeCertificate({ subject: 'B', ca: true })]
  const aByB = await makeCertificate({ subject: 'A', ca: true, issuer: b, privateKey: a.key })
  const bByA = await makeCertificate({ subject: 'B', ca: true, issuer: a, privateKey: b.key })
  const copies = await Promise.all(
    Array.from({ length: 12 }, () => makeCertificate({ subject: 'A', ca: true, issuer: b, privateKey: a.key })),
  )
  const certificate = await makeCertificate({ subject: 'leaf', issuer: a, sans })
  const backend = await startBackend(t, { certificate, chain: [aByB, bByA, ...copies] })
  const startedMs = performance.now()
  const verdict = await makeBackends(t, { trust, unlisted: { trustStores: ['root'] } }, { resolve }).verdict(
    `good.test:${backend.port}`,
  )
  assert.deepEqual(
    verdict.findings.map(({ name }) => name),
    ['untrusted-issuer'],
  )
  assert.ok(performance.now() - startedMs < 1000)
})

const constrained: {
  why: string
  nameConstraints: { permitted?: string[]; excluded?: string[] }
  dns: string
  outcome: string
}[] = [
  {
    why: 'may vouch for the name',
    nameConstraints: { permitted: ['good.test'] },
    dns: 'www.good.test',
    outcome: 'trusted',
  },
  {
    why: 'may vouch for other names only',
    nameConstraints: { permitted: ['corp.test'] },
    dns: 'www.good.test',
    outcome: 'refused',
  },
  {
    why: 'must not vouch for the name',
    nameConstraints: { excluded: ['good.test'] },
    dns: 'www.good.test',
    outcome: 'refused',
  },
  {
    why: 'must not, and does by a wildcard',
    nameConstraints: { excluded: ['www.good.test'] },
    dns: '*.good.test',
    outcome: 'refused',
  },
]
for (const { why, nameConstraints, dns, outcome } of constrained) {
  test(`a backend whose authority ${why} is ${outcome}`, async (t) => {
    const narrow = await makeCertificate({ subject: 'Narrow', ca: true, issuer: root, nameConstraints })
    const certificate = await makeCertificate({ subject: 'leaf', issuer: narrow, sans: { dns: [dns] } })
    const backend = await startBackend(t, { certificate, chain: [narrow] })
    const { verdict } = makeBackends(t, { trust, unlisted: { trustStores: ['root'] } }, { resolve })
    const reached = await verdict(`www.good.test:${backend.port}`)
    assert.equal(reached.outcome, outcome, JSON.stringify(reached.findings))
    if (outcome === 'refused')
      assert.deepEqual(
        reached.findings.map(({ name }) => name),
        ['wrong-purpose'],
      )
  })
}

const wrongIssuers: {
  why: string
  wish: Parameters<typeof makeCertificate>[0]
  below?: boolean
  names: string[]
  namesWhenExpired: string[]
}[] = [
  // OpenSSL does not take it for the issuer at all, so it is nobody's word that is missing.
  {
    why: 'is no authority',
    wish: { subject: 'No CA', issuer: root },
    names: ['untrusted-issuer', 'wrong-purpose'],
    namesWhenExpired: ['expired', 'untrusted-issuer'],
  },
  {
    why: 'allows no intermediate under it',
    wish: { subject: 'Short', ca: true, issuer: root, pathLength: 0 },
    below: true,
    names: ['wrong-purpose'],
    namesWhenExpired: ['expired', 'wrong-purpose'],
  },
]
for (const { why, wish, below, names, namesWhenExpired } of wrongIssuers) {
  test(`a certificate by one that ${why} is found out, also behind an end in the past`, async (t) => {
    const issuer = await makeCertificate(wish)
    const last = below ? await makeCertificate({ subject: 'Below', ca: true, issuer }) : issuer
    const chain = below ? [last, issuer] : [issuer]
    const { verdict } = makeBackends(t, { trust, unlisted: { trustStores: ['root'] } }, { resolve })
    for (const dates of [{}, expired]) {
      const certificate = await makeCertificate({ subject: 'leaf', issuer: last, sans, ...dates })
      const backend = await startBackend(t, { certificate, chain })
      const { findings } = await verdict(`good.test:${backend.port}`)
      assert.deepEqual(findings.map(({ name }) => name).sort(), dates === expired ? namesWhenExpired : names)
    }
  })
}

const environments: Record<string, string>[] = [
  { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  { NODE_EXTRA_CA_CERTS: 'FILE' },
  { SSL_CERT_FILE: 'FILE' },
  { SSL_CERT_FILE: 'FILE', NODE_OPTIONS: '--use-openssl-ca' },
  { SSL_CERT_FILE: 'FILE', NODE_OPTIONS: '--use-system-ca' },
  { SSL_CERT_DIR: 'FOLDER', OPENSSL_CONF: 'CONF', NODE_OPTIONS: '--use-openssl-ca --openssl-shared-config' },
  { NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=ALL:@SECLEVEL=0' },
]
const lenientConf =
  'nodejs_conf = a\nopenssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n' +
  '[c]\nMinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\nOptions = UnsafeLegacyServerConnect\n'
for (const env of environments) {
  test(`started with ${Object.entries(env).join(' ').replaceAll(',', '=')} it refuses all the same`, async (t) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'vedette-env-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const file = path.join(folder, 'anchors.pem')
    await writeFile(file, root.certificate + middle.certificate + leaf.certificate)
    const conf = path.join(folder, 'openssl.cnf')
    await writeFile(conf, lenientConf)
    await writeFile(path.join(folder, 'root.pem'), root.certificate)
    if (env.SSL_CERT_DIR) execFileSync('openssl', ['rehash', folder], { stdio: 'pipe' })
    const places: Readonly<Record<string, string>> = { FILE: file, FOLDER: folder, CONF: conf }
    const set = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, places[value] ?? value]))
    const backend = await startBackend(t, { certificate: leaf, chain: [middle] })
    const old = await startBackend(t, {
      certificate: leaf,
      tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
    })
    const said = await inChild([`good.test:${backend.port}`, `good.test:${old.port}`], set)
    assert.deepEqual(said, [
      'bundled: untrusted-issuer',
      'system: untrusted-issuer',
      'bundled: protocol-refused',
      'system: protocol-refused',
    ])
  })
}

/** Reaches backends from a process with other environment variables, under the built-in trust stores. */
async function inChild(authorities: readonly string[], env: Record<string, string>): Promise<string[]> {
  const script = path.join(import.meta.dirname, '../kit/reach-process.ts')
  const child = spawn(process.execPath, [script, ...authorities], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, errors)
  return output.trim().split('\n')
}

const unusable: { why: string; rule: Partial<Rule>; code: string; message: RegExp }[] = [
  {
    why: 'a trust store that is not there',
    rule: { trustStores: ['gone'] },
    code: 'OPERATOR_BAD_TRUST_STORE',
    message: /rule exchange: trust store gone is not loaded/,
  },
  {
    why: 'a key pair that is not there',
    rule: { clientCertificate: 'gone' },
    code: 'OPERATOR_BAD_IDENTITY',
    message: /rule exchange: key pair gone is not loaded/,
  },
  {
    why: 'a key of another certificate',
    rule: { clientCertificate: 'mixed' },
    code: 'OPERATOR_BAD_IDENTITY',
    message: /key pair mixed has a key that does not belong/,
  },
  {
    why: 'a key that cannot be read',
    rule: { clientCertificate: 'broken' },
    code: 'OPERATOR_BAD_IDENTITY',
    message: /key pair broken cannot be read/,
  },
  {
    why: 'suites OpenSSL does not know',
    rule: { tls: { ...makeOffer(), openssl: { legacy: ['NOPE'], tls13: [] }, protocols: ['TLSv1.2'] } },
    code: 'OPERATOR_BAD_DOCUMENT',
    message: /rule exchange: OpenSSL does not take/,
  },
  {
    why: 'groups OpenSSL does not know',
    rule: { tls: { ...makeOffer(), groups: 'X25519:NOPE' } },
    code: 'OPERATOR_BAD_DOCUMENT',
    message: /rule exchange: OpenSSL does not take/,
  },
]
for (const { why, rule, code, message } of unusable) {
  test(`contexts are not built for a rule with ${why}, and the rule is named`, () => {
    const identities = [
      { name: 'mixed', certificate: leaf.certificate, key: root.key, sha256: 'x' },
      { name: 'broken', certificate: leaf.certificate, key: 'no key', sha256: 'y' },
    ]
    const rules = [makeRule({ name: 'exchange', trustStores: ['root'], tls: makeOffer(), ...rule })]
    assert.throws(() => buildContexts(makeSnapshot({ trust, rules, identities })), { code, message })
    assert.doesNotThrow(() =>
      buildContexts(makeSnapshot({ trust, rules: rules.map((each) => ({ ...each, action: 'deny' })), identities })),
    )
  })
}

test('rules that ask for the same share one context, and any difference parts them', () => {
  const base = { trustStores: ['root'], tls: makeOffer() }
  const same = [makeRule({ ...base, name: 'a' }), makeRule({ ...base, name: 'b', sni: false, verifyName: 'x.test' })]
  const different = [
    makeRule({ ...base, trustStores: ['other'] }),
    makeRule({ ...base, tls: makeOffer({ protocols: ['TLSv1.3'] }) }),
    makeRule({ ...base, tls: makeOffer({ groups: ['X25519'] }) }),
    makeRule({ ...base, tls: makeOffer({ securityLevel: 1 }) }),
    makeRule({ ...base, clientCertificate: 'me' }),
  ]
  const identities = [{ name: 'me', certificate: leaf.certificate, key: leaf.key, sha256: leaf.sha256 }]
  const contexts = buildContexts(makeSnapshot({ trust, rules: [...same, ...different], identities }))
  const [first, second, ...others] = [...same, ...different].map((rule) => contexts.of(rule).secure)
  assert.equal(first, second)
  assert.equal(new Set([first, ...others]).size, 1 + different.length)
})
