/** What a document means once defaults and overrides are laid out. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Mention, namedIdentities, namedStores } from '../../../src/policy/document/mentions.ts'
import { formatProblem } from '../../../src/policy/document/problem.ts'
import type { Rule, TlsOffer } from '../../../src/policy/policy.ts'
import { marked, parse, policyOf, problemsOf } from '../policy-text.ts'

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='

describe('a policy that says nothing', () => {
  it('is strict, enforcing, trusts the bundled store, sends SNI and allows what no rule names', () => {
    const { unlisted, ...policy } = policyOf('')
    assert.deepEqual(policy, {
      name: 'test',
      comment: '',
      rules: [],
      addresses: { deny: ['default'], allow: [] },
      healthChecks: { everyMs: 60_000, seen: true, backends: [] },
      exceptions: [],
      tests: [],
    })
    const { tls, ...rest } = unlisted
    assert.deepEqual(rest, {
      name: 'unlisted',
      index: -1,
      match: [],
      action: 'allow',
      strict: true,
      grade: 'webpki',
      enforcement: 'enforce',
      trustStores: ['bundled'],
      allowUntrusted: false,
      chainRepair: 'pool',
      sni: true,
      pins: null,
      plaintext: false,
      tunnels: 'inspect',
      tlsPort: 443,
      fixUps: false,
      starttls: 'must',
      revocation: { mode: 'soft', sources: ['stapled', 'crl'] },
    })
    assert.equal(tls.profile, '2026-11')
    assert.deepEqual(tls.protocols, ['TLSv1.2', 'TLSv1.3'])
    assert.equal(tls.ciphers.length, 9)
    assert.equal(tls.groups, 'X25519MLKEM768:*X25519:P-256:P-384:P-521')
    assert.equal(tls.securityLevel, 2)
  })

  it('is frozen to its leaves and plain JSON, because it travels between processes', () => {
    const policy = policyOf('rules: [{ name: a, match: ["*.a.example:443"] }]')
    assert.deepEqual(JSON.parse(JSON.stringify(policy)), policy)
    assert.throws(() => Object.assign(policy.rules[0]?.match[0] ?? {}, { host: 'b' }), TypeError)
    assert.throws(() => (policy.unlisted.tls.ciphers as string[]).push('x'), TypeError)
  })
})

interface RuleCase {
  readonly why: string
  readonly spec?: string
  readonly rule: string
  readonly means: Partial<Rule>
}

const strictOff = 'strictTls: { enabled: false, enforcement: report, allowUntrusted: true, customTrustStores: [corp] }'

const rules: readonly RuleCase[] = [
  {
    why: 'inherits what it does not say',
    spec: `${strictOff}\nsni: false`,
    rule: '',
    means: {
      strict: false,
      enforcement: 'report',
      allowUntrusted: true,
      sni: false,
      trustStores: ['bundled', 'corp'],
    },
  },
  {
    why: 'overrides one key of strictTls and inherits the others',
    spec: strictOff,
    rule: 'strictTls: { enabled: true }',
    means: { strict: true, enforcement: 'report', allowUntrusted: true, trustStores: ['bundled', 'corp'] },
  },
  {
    why: 'is held to a grade of its own',
    spec: 'strictTls: { grade: rfc5280 }',
    rule: 'strictTls: { grade: webpki }',
    means: { grade: 'webpki' },
  },
  { why: 'inherits the grade', spec: 'strictTls: { grade: rfc5280 }', rule: '', means: { grade: 'rfc5280' } },
  { why: 'says enforcement shortly', spec: strictOff, rule: 'enforcement: enforce', means: { enforcement: 'enforce' } },
  {
    why: 'trusts only the stores it names',
    spec: strictOff,
    rule: 'trustStores: [a, a, b]',
    means: { trustStores: ['a', 'b'] },
  },
  {
    why: 'replaces the default store and keeps the custom ones',
    spec: strictOff,
    rule: 'strictTls: { defaultTrustStore: system }',
    means: { trustStores: ['system', 'corp'] },
  },
  { why: 'sends another server name', rule: 'sni: Front.Example.', means: { sni: 'front.example' } },
  { why: 'sends no server name', rule: 'sni: false', means: { sni: false } },
  { why: 'verifies another name', rule: 'verifyName: MAIL.example', means: { verifyName: 'mail.example' } },
  { why: 'verifies an address', rule: 'verifyName: "[::1]"', means: { verifyName: '::1' } },
  {
    why: 'pins keys beside the chain, with or without sha256/ in front',
    rule: `pins: { spkiSha256: [sha256/${key}, ${key.replace(/^A/, 'B')}] }`,
    means: { pins: { mode: 'add', spkiSha256: [key, key.replace(/^A/, 'B')] } },
  },
  {
    why: 'pins keys instead of the chain',
    rule: `pins: { mode: instead, spkiSha256: [${key}] }`,
    means: { pins: { mode: 'instead', spkiSha256: [key] } },
  },
  { why: 'shows a key pair', rule: 'clientCertificate: exchange', means: { clientCertificate: 'exchange' } },
  {
    why: 'lets plain text leave, lifts to another port, and rewrites answers',
    rule: 'plaintext: true, tunnels: blind, tlsPort: 8443, fixUps: true',
    means: { plaintext: true, tunnels: 'blind', tlsPort: 8443, fixUps: true },
  },
  { why: 'denies', rule: 'action: deny', means: { action: 'deny' } },
]

describe('a rule', () => {
  for (const { why, spec = '', rule, means } of rules) {
    it(why, () => {
      const extras = rule === '' ? '' : `, ${rule}`
      const [compiled] = policyOf(`${spec}\nrules: [{ name: a, match: [a.example]${extras} }]`).rules
      assert.deepEqual({ ...compiled, ...means }, compiled)
    })
  }

  it('knows its place, and its patterns in canonical form', () => {
    const { rules } = policyOf(
      'rules: [{ name: a, match: [A.Example.] }, { name: b, match: ["*.ｂ.example:8443", "[::1]:1"] }]',
    )
    assert.deepEqual(rules[1]?.match, [
      { text: '*.ｂ.example:8443', host: 'b.example', wildcard: true, port: 8443 },
      { text: '[::1]:1', host: '::1', wildcard: false, port: 1 },
    ])
    assert.deepEqual(
      rules.map(({ name, index }) => [name, index]),
      [
        ['a', 0],
        ['b', 1],
      ],
    )
    assert.deepEqual(rules[0]?.match[0], { text: 'A.Example.', host: 'a.example', wildcard: false })
  })
})

interface TlsCase {
  readonly why: string
  readonly spec?: string
  readonly tls: string
  readonly means: Partial<TlsOffer>
}

const aes128 = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'
const customSpec = `{ configuration: custom, protocols: [TLSv1.2], ciphers: [${aes128}, AES128-SHA], groups: [P-384] }`

const offers: readonly TlsCase[] = [
  {
    why: 'with a set of its own inherits none of the lists',
    spec: customSpec,
    tls: '{ profile: mozilla-modern-6.0 }',
    means: { configuration: 'default', profile: 'mozilla-modern-6.0', protocols: ['TLSv1.3'] },
  },
  {
    why: 'with a custom list of its own inherits none of the others',
    spec: customSpec,
    tls: `{ configuration: custom, ciphers: [${aes128}, TLS_AES_128_GCM_SHA256] }`,
    means: { protocols: ['TLSv1.2', 'TLSv1.3'], groups: 'X25519MLKEM768:*X25519:P-256:P-384:P-521' },
  },
  {
    why: 'that changes one list keeps the others',
    spec: customSpec,
    tls: `{ ciphers: [ECDHE-RSA-AES256-GCM-SHA384] }`,
    means: {
      configuration: 'custom',
      protocols: ['TLSv1.2'],
      ciphers: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
      openssl: { legacy: ['ECDHE-RSA-AES256-GCM-SHA384'], tls13: [] },
      groups: '*P-384',
    },
  },
  {
    why: 'with a set of its own keeps what is said about post-quantum groups',
    spec: '{ postQuantum: prefer }',
    tls: '{ profile: mozilla-modern-6.0 }',
    means: { postQuantum: 'prefer', groups: '*X25519MLKEM768:*X25519:P-256:P-384' },
  },
  { why: 'may prefer post-quantum groups', tls: '{ postQuantum: prefer }', means: { postQuantum: 'prefer' } },
  {
    why: 'keeps a group of the older protocols beside TLS 1.3',
    tls: '{ configuration: custom, groups: [P-256, brainpoolP256r1] }',
    means: { groups: '*P-256:brainpoolP256r1' },
  },
  {
    why: 'needs no group for TLS 1.3 where it is not offered',
    tls: `{ configuration: custom, protocols: [TLSv1.2], ciphers: [${aes128}], groups: [brainpoolP256r1] }`,
    means: { groups: 'brainpoolP256r1' },
  },
  {
    why: 'needs no group for suites without ECDHE',
    tls: '{ configuration: custom, protocols: [TLSv1.2], ciphers: [AES128-GCM-SHA256], groups: [ffdhe2048] }',
    means: { groups: '' },
  },
  {
    why: 'without TLS 1.3 has no post-quantum group to offer',
    tls: '{ profile: stig-tls12 }',
    means: { postQuantum: 'off', groups: '*P-384:P-256:P-521' },
  },
  {
    why: 'may repeat itself, in any order',
    tls: '{ configuration: custom, protocols: [TLSv1.2, TLSv1, TLSv1.1, TLSv1.2], ciphers: [AES128-SHA, SSL_RSA_WITH_AES_128_CBC_SHA], groups: [X25519, x25519], legacy: { securityLevel: 0 } }',
    means: {
      protocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
      ciphers: ['TLS_RSA_WITH_AES_128_CBC_SHA'],
      groups: '*X25519',
      securityLevel: 0,
    },
  },
  {
    why: 'keeps the order of a custom list',
    tls: `{ configuration: custom, ciphers: [AES128-SHA, TLS_AES_256_GCM_SHA384, ${aes128}, TLS_AES_128_GCM_SHA256] }`,
    means: {
      ciphers: ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_AES_256_GCM_SHA384', aes128, 'TLS_AES_128_GCM_SHA256'],
      openssl: {
        legacy: ['AES128-SHA', 'ECDHE-RSA-AES128-GCM-SHA256'],
        tls13: ['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256'],
      },
    },
  },
]

describe('the offer of a rule', () => {
  for (const { why, spec = '{}', tls, means } of offers) {
    it(why, () => {
      const [rule] = policyOf(`tls: ${spec}\nrules: [{ name: a, match: [a.example], tls: ${tls} }]`).rules
      assert.deepEqual({ ...rule?.tls, ...means }, rule?.tls)
    })
  }

  it('that says nothing is the very offer of the policy, so that one context serves both', () => {
    const { rules, unlisted } = policyOf('rules: [{ name: a, match: [a.example] }]')
    assert.equal(rules[0]?.tls, unlisted.tls)
  })
})

describe('the rest of a policy', () => {
  it('keeps exceptions until the end of their day, in UTC', () => {
    const record = 'backend: "OLD.example:443", findings: [expired], until: 2026-12-31, owner: ops, reason: soon gone'
    assert.deepEqual(policyOf(`exceptions: [{ ${record} }, { ${record}, spkiSha256: sha256/${key} }]`).exceptions, [
      {
        host: 'old.example',
        port: 443,
        findings: ['expired'],
        untilMs: Date.UTC(2027, 0, 1),
        owner: 'ops',
        reason: 'soon gone',
      },
      {
        host: 'old.example',
        port: 443,
        findings: ['expired'],
        spkiSha256: key,
        untilMs: Date.UTC(2027, 0, 1),
        owner: 'ops',
        reason: 'soon gone',
      },
    ])
  })

  it('keeps tests with their destination in canonical form', () => {
    assert.deepEqual(policyOf('tests: [{ destination: "A.example.:443", expect: refused }]').tests, [
      { destination: 'a.example:443', expect: 'refused' },
    ])
  })

  it('keeps the lists of addresses', () => {
    const spec = 'destinations: { unlisted: allow, denyAddresses: [default, 10.0.0.0/8], allowAddresses: ["::1"] }'
    assert.deepEqual(policyOf(spec).addresses, { deny: ['default', '10.0.0.0/8'], allow: ['::1'] })
  })

  it('denies what no rule names when it says so', () => {
    const { unlisted } = policyOf('destinations: { unlisted: deny }\nrules: [{ name: a, match: [a.example] }]')
    assert.equal(unlisted.action, 'deny')
  })
})

describe('the core keys', () => {
  it('are all read, and only what this release does not do yet is warned of', () => {
    const { policy, warnings } = parse(`
strictTls:
  enabled: true
  enforcement: enforce
  defaultTrustStore: bundled
  customTrustStores: []
  allowUntrusted: false
sni: true
tls: { configuration: default, profile: 2026-11, postQuantum: compatible }
revocation: { mode: soft, sources: [stapled, crl] }
destinations: { unlisted: allow, denyAddresses: default, allowAddresses: [] }
rules:
  - name: exchange
    match: ["mail.corp.example:443", "*.eas.corp.example"]
    verifyName: mail.corp.example
    trustStores: [corp]
    pins: { mode: add, spkiSha256: [${key}, ${key.replace(/^A/, 'B')}] }
    sni: false
    tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [ECDHE-RSA-AES128-GCM-SHA256] }
    clientCertificate: exchange
    healthCheck: { enabled: true, every: 30s }
exceptions:
  - { backend: "old.corp.example:443", findings: [expired], spkiSha256: ${key}, until: 2026-12-31, owner: ops, reason: "..." }
tests:
  - { destination: "mail.corp.example:443", expect: trusted }
`)
    assert.deepEqual(warnings, [])
    assert.deepEqual(policy.rules[0]?.healthCheck, { everyMs: 30_000 })
    assert.equal(policy.rules[0]?.trustStores[0], 'corp')
  })

  it('about revocation are inherited one by one', () => {
    const { policy } = parse(`
revocation: { mode: soft, sources: [crl] }
rules:
  - { name: hard, match: [a.example], revocation: { mode: hard } }
  - { name: asking, match: [b.example], revocation: { sources: [ocsp] } }
  - { name: silent, match: [c.example] }
`)
    assert.deepEqual(
      policy.rules.map(({ revocation }) => revocation),
      [
        { mode: 'hard', sources: ['crl'] },
        { mode: 'soft', sources: ['ocsp'] },
        { mode: 'soft', sources: ['crl'] },
      ],
    )
  })
})

describe('what a policy names outside itself', () => {
  const { spec, lines } = marked(
    [
      'strictTls: { defaultTrustStore: ▸system, customTrustStores: [▸corp] }',
      'rules:',
      '  - { name: a, match: [a.example], trustStores: [▸corp, ▸bundled], clientCertificate: ▸exchange }',
      '  - { name: b, match: [b.example], strictTls: { customTrustStores: [▸lab] }, clientCertificate: ▸exchange }',
      '  - { name: c, match: [c.example], strictTls: { defaultTrustStore: none } }',
    ].join('\n'),
    [
      'spec.strictTls.defaultTrustStore: trust-store system',
      'spec.strictTls.customTrustStores[0]: trust-store corp',
      'spec.rules[0].trustStores[0]: trust-store corp',
      'spec.rules[0].trustStores[1]: trust-store bundled',
      'spec.rules[0].clientCertificate: identity exchange',
      'spec.rules[1].strictTls.customTrustStores[0]: trust-store lab',
      'spec.rules[1].clientCertificate: identity exchange',
    ],
  )

  it('is listed once each, for those who must load it', () => {
    const policy = policyOf(spec)
    assert.deepEqual(namedStores(policy), ['bundled', 'corp', 'lab', 'system'])
    assert.deepEqual(namedIdentities(policy), ['exchange'])
  })

  it('is listed with every place, for those who must report that it is missing', () => {
    const { mentions, problemAt } = parse(spec)
    const places = mentions.map(({ kind, name, path }) => formatProblem(problemAt(path, `${kind} ${name}`)))
    assert.deepEqual(places, lines)
  })

  it('is held against the document when somebody can tell that it is missing', () => {
    const faultOf = ({ kind, name }: Mention) => (name === 'lab' ? `${kind} ${name}` : undefined)
    assert.deepEqual(problemsOf(spec, { faultOf }), [lines[5]])
  })
})
