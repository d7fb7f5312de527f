/** What a policy may say, and is warned of; `▸` marks the place. Each has a twin that says it well and is silent. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { marked, problemsOf } from '../policy-text.ts'

interface Case {
  readonly why: string
  readonly spec: string
  readonly warnings: readonly string[]
}

const rule = (extras: string) => `rules:\n  - { name: a, match: [a.example], ${extras} }`
const custom = (lists: string) => `tls: { configuration: custom, ${lists} }`
const cbc = 'encryption in CBC mode before authentication has been broken again and again (Lucky 13, padding oracles)'
const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='

const doubtful: readonly Case[] = [
  {
    why: 'strict TLS switched off',
    spec: 'strictTls: { enabled: ▸false }',
    warnings: ['spec.strictTls.enabled: anyone on the way can pose as the backend: chain and name are not verified'],
  },
  {
    why: 'strict TLS switched off by a rule',
    spec: rule('strictTls: { enabled: ▸false }'),
    warnings: [
      'spec.rules[0].strictTls.enabled: anyone on the way can pose as the backend: chain and name are not verified',
    ],
  },
  {
    why: 'report mode, for all and by a rule',
    spec: `strictTls: { enforcement: ▸report }\n${rule('enforcement: ▸report')}`,
    warnings: ['spec.strictTls.enforcement', 'spec.rules[0].enforcement'].map(
      (path) => `${path}: refuses nothing: look at what would be refused, then enforce`,
    ),
  },
  {
    why: 'allow-and-log',
    spec: 'strictTls: { allowUntrusted: ▸true }',
    warnings: [
      'spec.strictTls.allowUntrusted: anyone on the way can pose as the backend with a certificate of their own: give it a trust store instead',
    ],
  },
  {
    why: 'allow-and-log while strict is off',
    spec: 'strictTls: { enabled: ▸false, allowUntrusted: ▸true }',
    warnings: [
      'spec.strictTls.enabled: anyone on the way can pose as the backend: chain and name are not verified',
      'spec.strictTls.allowUntrusted: has no effect while strict TLS is off: every server is let through anyway',
    ],
  },
  {
    why: 'a grade while strict is off',
    spec: 'strictTls: { enabled: ▸false, grade: ▸rfc5280 }',
    warnings: [
      'spec.strictTls.enabled: anyone on the way can pose as the backend: chain and name are not verified',
      'spec.strictTls.grade: has no effect while strict TLS is off: whatever it finds is only logged',
    ],
  },
  {
    why: 'suites without forward secrecy and CBC suites, one warning for each kind, and a tag too short for OpenSSL',
    spec: 'tls: { configuration: custom, ciphers: ▸▸[AES128-SHA, AES256-SHA, AES128-SHA256, AES256-SHA256, TLS_AES_128_GCM_SHA256, ▸TLS_AES_128_CCM_8_SHA256] }',
    warnings: [
      'spec.tls.ciphers: offers suites without forward secrecy (AES128-SHA, AES256-SHA, AES128-SHA256 and 1 more): whoever gets the key of the backend later can read all traffic recorded until then',
      `spec.tls.ciphers: offers CBC suites (AES128-SHA, AES256-SHA, AES128-SHA256 and 1 more): ${cbc}`,
      'spec.tls.ciphers[5]: TLS_AES_128_CCM_8_SHA256 is never offered: OpenSSL gives up tags of 64 bits above security level 0',
    ],
  },
  {
    why: 'three suites of a kind, each by its name, and not again in a rule that only inherits them',
    spec: `tls: { configuration: custom, protocols: [TLSv1.2], ciphers: ▸▸[AES128-SHA, AES256-SHA, AES128-SHA256] }\n${rule('tls: { groups: [P-256] }')}`,
    warnings: [
      'spec.tls.ciphers: offers suites without forward secrecy (AES128-SHA, AES256-SHA, AES128-SHA256): whoever gets the key of the backend later can read all traffic recorded until then',
      `spec.tls.ciphers: offers CBC suites (AES128-SHA, AES256-SHA, AES128-SHA256): ${cbc}`,
    ],
  },
  {
    why: 'a short tag at the only security level that has it',
    spec: rule(
      'tls: { configuration: custom, protocols: [TLSv1.3], ciphers: ▸[TLS_AES_128_CCM_8_SHA256], legacy: { securityLevel: ▸0 } }',
    ),
    warnings: [
      'spec.rules[0].tls.ciphers: offers suites with a short tag (TLS_AES_128_CCM_8_SHA256): an authentication tag of 64 bits takes fewer tries to forge than it should',
      'spec.rules[0].tls.legacy.securityLevel: accepts keys and signatures of any weakness from this backend',
    ],
  },
  {
    why: 'a weak default set',
    spec: rule('tls: { profile: ▸▸sentry-classic }'),
    warnings: [
      'spec.rules[0].tls.profile: offers suites without forward secrecy (AES256-GCM-SHA384, AES128-GCM-SHA256, AES256-SHA256 and 3 more): whoever gets the key of the backend later can read all traffic recorded until then',
      `spec.rules[0].tls.profile: offers CBC suites (ECDHE-ECDSA-AES256-SHA384, ECDHE-RSA-AES256-SHA384, DHE-RSA-AES256-SHA256 and 13 more): ${cbc}`,
    ],
  },
  {
    why: 'old protocols and the security level they need',
    spec: rule(
      'tls: { configuration: custom, protocols: ▸[TLSv1, TLSv1.1], ciphers: ▸[ECDHE-RSA-AES128-SHA], legacy: { securityLevel: ▸0 } }',
    ),
    warnings: [
      'spec.rules[0].tls.protocols: TLSv1 and TLSv1.1: withdrawn by RFC 8996, its signatures use SHA-1 and MD5',
      `spec.rules[0].tls.ciphers: offers CBC suites (ECDHE-RSA-AES128-SHA): ${cbc}`,
      'spec.rules[0].tls.legacy.securityLevel: accepts keys and signatures of any weakness from this backend',
    ],
  },
  {
    why: 'the rest of the legacy hatch',
    spec: rule('tls: { legacy: { securityLevel: ▸1, unsafeRenegotiation: ▸true, minDhBits: ▸1024 } }'),
    warnings: [
      'spec.rules[0].tls.legacy.securityLevel: accepts 1024-bit keys and SHA-1 from this backend',
      'spec.rules[0].tls.legacy.unsafeRenegotiation: accepts a backend without RFC 5746: whoever is on the way can put a request of their own in front of ours',
      'spec.rules[0].tls.legacy.minDhBits: accepts Diffie-Hellman groups of 1024 bits, which a state can break (Logjam)',
    ],
  },
  {
    why: 'a legacy hatch that TLS 1.3 has no use for',
    spec: rule(
      'tls: { profile: mozilla-modern-6.0, legacy: { securityLevel: ▸1, unsafeRenegotiation: ▸true, minDhBits: ▸1024 } }',
    ),
    warnings: [
      'spec.rules[0].tls.legacy.securityLevel: accepts 1024-bit keys and SHA-1 from this backend',
      'spec.rules[0].tls.legacy.unsafeRenegotiation: has no effect: TLSv1.3 has no renegotiation',
      'spec.rules[0].tls.legacy.minDhBits: has no effect: TLSv1.3 has groups of its own',
    ],
  },
  {
    why: 'weak signature algorithms, and those that nothing chosen uses',
    spec: custom('protocols: [TLSv1.2], signatureAlgorithms: [rsa_pkcs1_sha256, ed25519, ▸RSA+SHA224, ▸mldsa65]'),
    warnings: [
      'spec.tls.signatureAlgorithms[2]: RSA+SHA224 is weak: SHA-224 keeps 112 bits; RFC 9155 asks for more',
      'spec.tls.signatureAlgorithms[3]: mldsa65 is never asked for: no protocol here uses it',
    ],
  },
  {
    why: 'suites that no signature algorithm goes with',
    spec: custom(
      'protocols: [TLSv1.2], ciphers: [ECDHE-RSA-AES128-GCM-SHA256, ▸ECDHE-ECDSA-AES128-GCM-SHA256], signatureAlgorithms: [rsa_pss_rsae_sha256]',
    ),
    warnings: [
      'spec.tls.ciphers[1]: ECDHE-ECDSA-AES128-GCM-SHA256 is never offered: no signature algorithm here is made with its kind of key (ECDSA, EdDSA)',
    ],
  },
  {
    why: 'lists that name one thing twice',
    spec: custom(
      'protocols: [TLSv1.3, TLSv1.2, ▸TLSv1.3], ciphers: [TLS_AES_128_GCM_SHA256, ECDHE-RSA-AES128-GCM-SHA256, ▸SSL_ECDHE_RSA_WITH_AES_128_GCM_SHA256], groups: [P-256, ▸prime256v1, ▸p-256], signatureAlgorithms: [rsa_pss_rsae_sha256, ▸RSA-PSS+SHA256]',
    ),
    warnings: [
      'spec.tls.protocols[2]: TLSv1.3 stands above already',
      'spec.tls.ciphers[2]: SSL_ECDHE_RSA_WITH_AES_128_GCM_SHA256 stands above already, as ECDHE-RSA-AES128-GCM-SHA256',
      'spec.tls.groups[1]: prime256v1 stands above already, as P-256',
      'spec.tls.groups[2]: p-256 stands above already, as P-256',
      'spec.tls.signatureAlgorithms[1]: RSA-PSS+SHA256 stands above already, as rsa_pss_rsae_sha256',
    ],
  },
  {
    why: 'a suite of a protocol that is not chosen',
    spec: 'tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [ECDHE-RSA-AES128-GCM-SHA256, ▸TLS_AES_128_GCM_SHA256] }',
    warnings: [
      'spec.tls.ciphers[1]: TLS_AES_128_GCM_SHA256 is never offered: it works in TLSv1.3, which protocols leaves out',
    ],
  },
  {
    why: 'groups that nothing chosen uses',
    spec: 'tls: { configuration: custom, protocols: [TLSv1.2], groups: [P-256, ▸ffdhe2048, ▸X25519MLKEM768], postQuantum: ▸prefer }',
    warnings: [
      'spec.tls.groups[1]: ffdhe2048 is never offered: no protocol here uses it',
      'spec.tls.groups[2]: X25519MLKEM768 is never offered: no protocol here uses it',
      'spec.tls.postQuantum: has no effect: no post-quantum group is offered (TLSv1.3 only)',
    ],
  },
  {
    why: 'a group of the older protocols where none of them is chosen',
    spec: 'tls: { configuration: custom, protocols: [TLSv1.3], groups: [P-256, ▸brainpoolP256r1] }',
    warnings: ['spec.tls.groups[1]: brainpoolP256r1 is never offered: no protocol here uses it'],
  },
  {
    why: 'plain text',
    spec: rule('plaintext: ▸true'),
    warnings: ['spec.rules[0].plaintext: anyone on the way can read and change what leaves unencrypted'],
  },
  {
    why: 'settings of a rule that denies',
    spec: rule('action: deny, sni: ▸false, tlsPort: ▸8443'),
    warnings: [
      'spec.rules[0].sni: has no effect: the rule denies',
      'spec.rules[0].tlsPort: has no effect: the rule denies',
    ],
  },
  {
    why: 'a rule that an earlier one covers, by host, by wildcard and by port',
    spec: [
      'rules:',
      '  - { name: wide, match: ["*.corp.example", "old.example:8443"] }',
      '  - { name: host, match: [▸a.corp.example] }',
      '  - { name: port, match: ["▸b.corp.example:443"] }',
      '  - { name: same, match: [▸"*.corp.example"] }',
      '  - { name: deeper, match: [▸"*.eu.corp.example", corp.example] }',
      '  - { name: exact, match: [▸"old.example:8443", "old.example:443"] }',
    ]
      .join('\n')
      .replace('"▸b', '▸"b'),
    warnings: ['2', '3', '4', '5', '6'].map((_, index) => {
      return `spec.rules[${index + 1}].match[0]: never matches: the rule wide above takes all of it`
    }),
  },
  {
    why: 'a rule with lists of its own that leaves out one the policy has',
    spec: `tls: { configuration: custom, protocols: [TLSv1.3], ciphers: [TLS_AES_256_GCM_SHA384] }\n${rule('tls: { configuration: ▸custom, protocols: [TLSv1.2] }')}`,
    warnings: [
      'spec.rules[0].tls.configuration: leaves ciphers unsaid: those of the default set 2026-11 hold, not those of spec.tls',
    ],
  },
  {
    why: 'nothing where a rule writes every list that the policy writes',
    spec: `tls: { configuration: custom, protocols: [TLSv1.3] }\n${rule('tls: { configuration: custom, protocols: [TLSv1.2] }')}`,
    warnings: [],
  },
  {
    why: 'a rule that is custom and writes no list, of which it is said that alone',
    spec: `tls: { configuration: custom, protocols: [TLSv1.3] }\n${rule('tls: { configuration: ▸custom }')}`,
    warnings: ['spec.rules[0].tls.configuration: means the same as default: no list is given'],
  },
  {
    why: 'an exception for what no backend can agree on with us',
    spec: 'exceptions: [{ backend: "a:1", findings: ▸[cipher-refused, protocol-refused, group-refused], until: 2027-01-01, owner: me, reason: old }]',
    warnings: [
      'spec.exceptions[0].findings: forgiving cipher-refused, protocol-refused, group-refused widens nothing that is offered, and only tunnels of callers agree on more: give it a rule that offers it',
    ],
  },
  {
    why: 'an exception that lets anyone pose as the backend',
    spec: 'exceptions: [{ backend: "a:1", findings: ▸[expired, self-signed, name-mismatch], until: 2027-01-01, owner: me, reason: old }]',
    warnings: [
      'spec.exceptions[0].findings: forgiving self-signed, name-mismatch lets anyone on the way pose as the backend: add the spkiSha256 of its key',
    ],
  },
  {
    why: 'weak suites by the name the file gives them',
    spec: custom('protocols: [TLSv1.2], ciphers: ▸▸[TLS_RSA_WITH_AES_128_CBC_SHA]'),
    warnings: [
      'spec.tls.ciphers: offers suites without forward secrecy (TLS_RSA_WITH_AES_128_CBC_SHA): whoever gets the key of the backend later can read all traffic recorded until then',
      `spec.tls.ciphers: offers CBC suites (TLS_RSA_WITH_AES_128_CBC_SHA): ${cbc}`,
    ],
  },
  {
    why: 'a custom configuration without a list',
    spec: 'tls: { configuration: ▸custom }',
    warnings: ['spec.tls.configuration: means the same as default: no list is given'],
  },
  {
    why: 'a pin without a spare one',
    spec: rule(`pins: { spkiSha256: ▸[${key}] }`),
    warnings: [
      'spec.rules[0].pins.spkiSha256: is a single key: the day the backend changes it nothing gets through, so add a spare one',
    ],
  },
  {
    why: 'no denied address at all',
    spec: 'destinations: { denyAddresses: ▸[] }',
    warnings: [
      'spec.destinations.denyAddresses: denies nothing: a caller can reach this machine itself and the metadata of its cloud',
    ],
  },
  {
    why: 'health checks of backends that speak plain text',
    spec: rule('healthCheck: ▸{ every: 30s }, plaintext: ▸true'),
    warnings: [
      'spec.rules[0].healthCheck: probes nobody: the rule lets plain text out, and a probe is a TLS handshake',
      'spec.rules[0].plaintext: anyone on the way can read and change what leaves unencrypted',
    ],
  },
  {
    why: 'health checks under a rule that is for some callers alone',
    spec: rule('callers: { dns: [app.example] }, healthCheck: ▸{ every: 30s }'),
    warnings: [
      'spec.rules[0].healthCheck: probes nobody: the rule is for some callers alone, and a probe is of none of them',
    ],
  },
  {
    why: 'health checks of nobody in particular',
    spec: 'healthCheck: { seen: false }\nrules:\n  - { name: wide, match: ["*.corp.example"], healthCheck: ▸{ every: 30s } }',
    warnings: [
      'spec.rules[0].healthCheck: a wildcard names no backend: only those that services, tests or exceptions name are probed while spec.healthCheck.seen is off',
    ],
  },
]

const silent: readonly (readonly [string, string])[] = [
  ['everything left out', ''],
  ['strict and enforcing, said', 'strictTls: { enabled: true, enforcement: enforce, allowUntrusted: false }'],
  ['a rule that says what it inherits', rule('strictTls: { enabled: true }, sni: true, plaintext: false')],
  ['health checks of a backend with a name', rule('healthCheck: { every: 30s }')],
  ['health checks of what traffic meets', 'rules:\n  - { name: wide, match: ["*.corp.example"], healthCheck: {} }'],
  ['health checks that are off', rule('healthCheck: { enabled: false }')],
  [
    'revocation, globally and in a rule',
    `revocation: { mode: soft }\n${rule('revocation: { mode: hard, sources: [crl] }')}`,
  ],
  [
    'an exception for what is revoked',
    'exceptions: [{ backend: "a:1", findings: [revoked], until: 2027-01-01, owner: me, reason: old }]',
  ],
  [
    'a rule that chooses a set, and one that only changes a list',
    'tls: { configuration: custom, protocols: [TLSv1.3], ciphers: [TLS_AES_256_GCM_SHA384] }\nrules:\n  - { name: a, match: [a], tls: { profile: stig-tls12 } }\n  - { name: b, match: [b], tls: { ciphers: [TLS_AES_128_GCM_SHA256] } }',
  ],
  ['a rule that only denies', rule('action: deny')],
  ['narrow before wide', 'rules:\n  - { name: a, match: [a.example] }\n  - { name: b, match: ["*.example"] }'],
  ['one port before all', 'rules:\n  - { name: a, match: ["a.example:1"] }\n  - { name: b, match: [a.example] }'],
  [
    'a wildcard and its bare name',
    'rules:\n  - { name: a, match: ["*.a.example"] }\n  - { name: b, match: [a.example] }',
  ],
  [
    'an exception bound to a key',
    `exceptions: [{ backend: "a:1", findings: [self-signed], spkiSha256: ${key}, until: 2027-01-01, owner: me, reason: old }]`,
  ],
  [
    'an exception about dates, which leaves the issuer to vouch',
    'exceptions: [{ backend: "a:1", findings: [expired], until: 2027-01-01, owner: me, reason: old }]',
  ],
  ['post-quantum preferred', 'tls: { postQuantum: prefer }'],
  ['private ranges denied as well', 'destinations: { denyAddresses: [default, private] }'],
  [
    'no store at all beside a pin that stands instead',
    rule(`trustStores: [], pins: { mode: instead, spkiSha256: [${key}, ${key.replace(/^A/, 'B')}] }`),
  ],
  [
    'no store at all where the rules name theirs',
    'strictTls: { defaultTrustStore: none }\ndestinations: { unlisted: deny }\nrules:\n  - { name: a, match: [a.example], trustStores: [corp] }\n  - { name: b, match: [b.example], action: deny }',
  ],
  ['allow-listing', 'destinations: { unlisted: deny }\nrules:\n  - { name: a, match: [a.example] }'],
]

describe('a policy is warned of', () => {
  for (const { why, spec, warnings } of doubtful) {
    it(why, () => {
      const { spec: text, lines } = marked(spec, warnings)
      assert.deepEqual(
        problemsOf(text),
        lines.map((line) => line.replace(': ', ': warning: ')),
      )
    })
  }
})

describe('an exception', () => {
  const spec = 'exceptions: [{ backend: "a:1", findings: [expired], until: ▸2027-01-01, owner: me, reason: old }]'
  const over =
    'spec.exceptions[0].until: warning: is over: the exception forgives nothing any more, take it out or renew it'
  const endMs = Date.parse('2027-01-02T00:00:00Z')

  it('is warned of from the end of its last day on', () => {
    const { spec: text, lines } = marked(spec, [over])
    assert.deepEqual(problemsOf(text, { nowMs: endMs }), lines)
  })

  const near: [days: number, message: string | undefined][] = [
    [15, undefined],
    [14, 'is near: the exception ends with 2027-01-01, in 14 days'],
    [3, 'is near: the exception ends with 2027-01-01, in 3 days'],
    [1, 'is near: the exception ends with 2027-01-01, in 1 day'],
  ]
  for (const [days, message] of near) {
    it(`is ${message === undefined ? 'left alone' : 'warned of'} ${days} days before its end`, () => {
      const said = message === undefined ? [] : [`spec.exceptions[0].until: warning: ${message}`]
      const { spec: text, lines } = marked(message === undefined ? spec.replace('▸', '') : spec, said)
      assert.deepEqual(problemsOf(text, { nowMs: endMs - days * 86_400_000 }), lines)
    })
  }
})

describe('a policy passes in silence with', () => {
  for (const [why, spec] of silent) it(why, () => assert.deepEqual(problemsOf(spec), []))
})

describe('an exception for what was agreed on', () => {
  const all = 'protocol-refused, cipher-refused, group-refused'
  const exception = `exceptions: [{ backend: "a:1", findings: [${all}], until: 2027-01-01, owner: me, reason: old }]`
  const ways: readonly (readonly [why: string, spec: string, never: string | undefined])[] = [
    ['nothing but the lists is offered', '', all],
    ['the rule of another backend has holes', 'rules: [{ name: b, match: [b], enforcement: report }]', all],
    ['report mode offers more', 'strictTls: { enforcement: report }', undefined],
    [
      'OpenSSL takes small groups',
      'rules: [{ name: a, match: ["a:1"], tls: { legacy: { securityLevel: 1 } } }]',
      'protocol-refused, cipher-refused',
    ],
  ]
  for (const [why, spec, never] of ways) {
    it(`is warned of where it can hardly be found: ${why}`, () => {
      const told = problemsOf(`${spec}\n${exception}`).flatMap(
        (line) => /forgiving (.*) widens nothing that is offered/.exec(line)?.[1] ?? [],
      )
      assert.deepEqual(told, never === undefined ? [] : [never])
    })
  }
})
