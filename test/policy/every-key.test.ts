/**
 * Goal: every key of the policy does what it says. Method: for each a value that is not its default, and where it is to
 * be found in the compiled policy; without the key something else must stand there. A key without a row fails, so that
 * none can be read and thrown away.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { policyJsonSchema } from '../../src/policy/document/json-schema.ts'
import type { Policy, Rule } from '../../src/policy/policy.ts'
import { schemaKeys } from '../docs/schema-keys.ts'
import { policyOf } from './policy-text.ts'

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const ecdsa = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'

interface Row<From> {
  readonly says: string
  readonly read: (from: From) => unknown
  readonly means: unknown
}

/** What a rule takes from the policy and may say for itself; the place is the same. */
const shared: Readonly<Record<string, Row<Rule>>> = {
  'strictTls.enabled': { says: 'strictTls: { enabled: false }', read: ({ strict }) => strict, means: false },
  'strictTls.enforcement': {
    says: 'strictTls: { enforcement: report }',
    read: ({ enforcement }) => enforcement,
    means: 'report',
  },
  'strictTls.defaultTrustStore': {
    says: 'strictTls: { defaultTrustStore: system }',
    read: ({ trustStores }) => trustStores,
    means: ['system'],
  },
  'strictTls.customTrustStores': {
    says: 'strictTls: { customTrustStores: [corp] }',
    read: ({ trustStores }) => trustStores,
    means: ['bundled', 'corp'],
  },
  'strictTls.grade': { says: 'strictTls: { grade: rfc5280 }', read: ({ grade }) => grade, means: 'rfc5280' },
  'strictTls.allowUntrusted': {
    says: 'strictTls: { allowUntrusted: true }',
    read: ({ allowUntrusted }) => allowUntrusted,
    means: true,
  },
  'strictTls.chainRepair': {
    says: 'strictTls: { chainRepair: aia }',
    read: ({ chainRepair }) => chainRepair,
    means: 'aia',
  },
  sni: { says: 'sni: false', read: ({ sni }) => sni, means: false },
  tunnels: { says: 'tunnels: blind', read: ({ tunnels }) => tunnels, means: 'blind' },
  via: { says: 'via: "socks5://p.example:1080"', read: ({ via }) => via?.to.authority, means: 'p.example:1080' },
  'tls.configuration': {
    says: 'tls: { configuration: custom }',
    read: ({ tls }) => [tls.configuration, 'profile' in tls],
    means: ['custom', false],
  },
  'tls.profile': { says: 'tls: { profile: stig-tls12 }', read: ({ tls }) => tls.profile, means: 'stig-tls12' },
  'tls.protocols': {
    says: 'tls: { configuration: custom, protocols: [TLSv1.3] }',
    read: ({ tls }) => tls.protocols,
    means: ['TLSv1.3'],
  },
  'tls.ciphers': {
    says: `tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [${ecdsa}] }`,
    read: ({ tls }) => [tls.ciphers, tls.openssl.legacy],
    means: [[ecdsa], ['ECDHE-ECDSA-AES128-GCM-SHA256']],
  },
  'tls.groups': {
    says: 'tls: { configuration: custom, groups: [P-384] }',
    read: ({ tls }) => tls.groups,
    means: '*P-384',
  },
  'tls.signatureAlgorithms': {
    says: 'tls: { configuration: custom, signatureAlgorithms: [rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256] }',
    read: ({ tls }) => tls.signatureAlgorithms,
    means: ['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256'],
  },
  'tls.postQuantum': {
    says: 'tls: { postQuantum: "off" }',
    read: ({ tls }) => [tls.postQuantum, tls.groups.includes('MLKEM')],
    means: ['off', false],
  },
  'revocation.mode': { says: 'revocation: { mode: hard }', read: ({ revocation }) => revocation.mode, means: 'hard' },
  'revocation.sources': {
    says: 'revocation: { sources: [ocsp] }',
    read: ({ revocation }) => revocation.sources,
    means: ['ocsp'],
  },
}

const ofRules: Readonly<Record<string, Row<Rule>>> = {
  name: { says: 'name: b', read: ({ name }) => name, means: 'b' },
  match: { says: 'match: [b.example]', read: ({ match }) => match.map(({ host }) => host), means: ['b.example'] },
  'callers.dns': caller('dns', '"*.A.example"', 'dns:*.a.example'),
  'callers.uri': caller('uri', '"spiffe://a"', 'uri:spiffe://a'),
  'callers.ip': caller('ip', '"::0:1"', 'ip:::1'),
  'callers.email': caller('email', 'me@A.example', 'email:me@a.example'),
  'callers.commonName': caller('commonName', 'Desk', 'commonName:Desk'),
  'callers.spkiSha256': caller('spkiSha256', key, `spkiSha256:${key}`),
  action: { says: 'action: deny', read: ({ action }) => action, means: 'deny' },
  enforcement: { says: 'enforcement: report', read: ({ enforcement }) => enforcement, means: 'report' },
  trustStores: { says: 'trustStores: [corp]', read: ({ trustStores }) => trustStores, means: ['corp'] },
  verifyName: { says: 'verifyName: b.example', read: ({ verifyName }) => verifyName, means: 'b.example' },
  'tls.legacy.securityLevel': {
    says: 'tls: { legacy: { securityLevel: 1 } }',
    read: ({ tls }) => tls.securityLevel,
    means: 1,
  },
  'tls.legacy.unsafeRenegotiation': {
    says: 'tls: { legacy: { unsafeRenegotiation: true } }',
    read: ({ tls }) => tls.unsafeRenegotiation,
    means: true,
  },
  'tls.legacy.minDhBits': {
    says: 'tls: { legacy: { securityLevel: 1, minDhBits: 1024 } }',
    read: ({ tls }) => tls.minDhBits,
    means: 1024,
  },
  'pins.mode': {
    says: `pins: { mode: instead, spkiSha256: [${key}] }`,
    read: ({ pins }) => pins?.mode,
    means: 'instead',
  },
  'pins.spkiSha256': { says: `pins: { spkiSha256: [${key}] }`, read: ({ pins }) => pins?.spkiSha256, means: [key] },
  clientCertificate: { says: 'clientCertificate: me', read: (rule) => rule.clientCertificate, means: 'me' },
  plaintext: { says: 'plaintext: true', read: ({ plaintext }) => plaintext, means: true },
  tlsPort: { says: 'tlsPort: 8443', read: ({ tlsPort }) => tlsPort, means: 8443 },
  fixUps: { says: 'fixUps: true', read: ({ fixUps }) => fixUps, means: true },
  starttls: { says: 'starttls: may', read: ({ starttls }) => starttls, means: 'may' },
  'healthCheck.enabled': { says: 'healthCheck: {}', read: ({ healthCheck }) => healthCheck?.everyMs, means: 60_000 },
  'healthCheck.every': {
    says: 'healthCheck: { every: 7s }',
    read: ({ healthCheck }) => healthCheck?.everyMs,
    means: 7000,
  },
}

const record = 'backend: "a.example:1", findings: [expired], until: 2026-12-31, owner: me, reason: x'
const ofPolicy: Readonly<Record<string, Row<Policy>>> = {
  'destinations.unlisted': {
    says: 'destinations: { unlisted: deny }',
    read: ({ unlisted }) => unlisted.action,
    means: 'deny',
  },
  'destinations.denyAddresses': {
    says: 'destinations: { denyAddresses: [private, 8.8.8.8] }',
    read: ({ addresses }) => addresses.deny,
    means: ['private', '8.8.8.8'],
  },
  'destinations.allowAddresses': {
    says: 'destinations: { allowAddresses: ["::1"] }',
    read: ({ addresses }) => addresses.allow,
    means: ['::1'],
  },
  'healthCheck.enabled': {
    says: 'healthCheck: { enabled: true }',
    read: ({ unlisted, rules }) => [unlisted, ...rules].map(({ healthCheck }) => healthCheck?.everyMs),
    means: [60_000, 60_000],
  },
  'healthCheck.every': {
    says: 'healthCheck: { enabled: true, every: 7s }',
    read: ({ unlisted, healthChecks }) => [unlisted.healthCheck?.everyMs, healthChecks.everyMs],
    means: [7000, 7000],
  },
  'healthCheck.seen': {
    says: 'healthCheck: { seen: false }',
    read: ({ healthChecks }) => healthChecks.seen,
    means: false,
  },
  'healthCheck.backends[].backend': healthChecked(({ authority }) => authority, 'b.example:1'),
  'healthCheck.backends[].enabled': healthChecked(({ enabled }) => enabled, false),
  'exceptions[].backend': exception(({ host, port }) => [host, port], ['a.example', 1]),
  'exceptions[].findings': exception(({ findings }) => findings, ['expired']),
  'exceptions[].spkiSha256': exception(({ spkiSha256 }) => spkiSha256, key),
  'exceptions[].until': exception(({ untilMs }) => untilMs, Date.UTC(2027, 0, 1)),
  'exceptions[].owner': exception(({ owner }) => owner, 'me'),
  'exceptions[].reason': exception(({ reason }) => reason, 'x'),
  'tests[].destination': policyTest(({ destination }) => destination, 'a.example:1'),
  'tests[].expect': policyTest(({ expect }) => expect, 'refused'),
}

describe('every key of the policy', () => {
  for (const [path, { says, read, means }] of Object.entries(shared)) {
    it(`${path} is what the policy says for all: ${says}`, () => {
      const { unlisted, rules } = policyOf(`${says}\nrules: [{ name: a, match: [a.example] }]`)
      assert.deepEqual([read(unlisted), read(rules[0] as Rule)], [means, means])
      assert.notDeepEqual(read(policyOf('').unlisted), means)
    })
  }

  for (const [path, { says, read, means }] of Object.entries({ ...shared, ...ofRules })) {
    it(`rules[].${path} is what a rule says for itself: ${says}`, () => {
      assert.deepEqual(read(ruleOf(says)), means)
      assert.notDeepEqual(read(ruleOf('')), means)
    })
  }

  for (const [path, { says, read, means }] of Object.entries(ofPolicy)) {
    it(`${path}: ${says}`, () => {
      const rule = 'rules: [{ name: a, match: [a.example] }]'
      assert.deepEqual(read(policyOf(`${says}\n${rule}`)), means)
      assert.notDeepEqual(read(policyOf(rule)), means)
    })
  }

  it('healthCheck.enabled: false keeps what is said and probes nobody', () => {
    assert.ok(!('healthCheck' in ruleOf('healthCheck: { enabled: false, every: 7s }')))
  })

  it('has a row here', () => {
    const listed = schemaKeys(policyJsonSchema()).map(({ path }) => path)
    const keys = listed.filter(
      (path) => !listed.some((other) => other.startsWith(path) && /^(\[\])?\./.test(other.slice(path.length))),
    )
    const rows = [
      ...['apiVersion', 'kind', 'metadata.name', 'metadata.comment'],
      ...[...Object.keys(shared), ...Object.keys(ofPolicy)].map((path) => `spec.${path}`),
      ...Object.keys({ ...shared, ...ofRules }).map((path) => `spec.rules[].${path}`),
    ]
    assert.deepEqual(keys.toSorted(), rows.toSorted())
  })
})

function ruleOf(says: string): Rule {
  const extras = says === '' ? '' : `, ${says}`
  const name = says.startsWith('name:') ? '' : 'name: a, '
  const match = says.startsWith('match:') ? '' : 'match: [a.example]'
  const entry = `${name}${match}${match === '' ? extras.slice(2) : extras}`
  const { rules } = policyOf(`rules: [{ ${entry} }, { name: last, match: [z.example] }]`)
  return rules[0] as Rule
}

function caller(kind: string, value: string, name: string): Row<Rule> {
  return { says: `callers: { ${kind}: [${value}] }`, read: ({ callers }) => callers, means: [name] }
}

function exception(read: (from: Policy['exceptions'][number]) => unknown, means: unknown): Row<Policy> {
  return {
    says: `exceptions: [{ ${record}, spkiSha256: ${key} }]`,
    read: ({ exceptions }) => exceptions.map(read)[0],
    means,
  }
}

function healthChecked(
  read: (from: Policy['healthChecks']['backends'][number]) => unknown,
  means: unknown,
): Row<Policy> {
  return {
    says: 'healthCheck: { backends: [{ backend: "B.example:1", enabled: false }] }',
    read: ({ healthChecks }) => healthChecks.backends.map(read)[0],
    means,
  }
}

function policyTest(read: (from: Policy['tests'][number]) => unknown, means: unknown): Row<Policy> {
  return {
    says: 'tests: [{ destination: "a.example:1", expect: refused }]',
    read: ({ tests }) => tests.map(read)[0],
    means,
  }
}
