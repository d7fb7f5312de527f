/** One bad policy for each thing that must not pass; `▸` marks the place an operator is sent to. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { formatProblem } from '../../src/policy/document/problem.ts'
import { findingNames } from '../../src/policy/policy.ts'
import { marked, problemsOf, problemsOfText } from './policy-text.ts'

interface Case {
  readonly why: string
  readonly spec: string
  readonly problems: readonly string[]
}

const rule = (extras: string) => `rules:\n  - { name: a, match: [a.example], ${extras} }`
const custom = (lists: string) => `tls: { configuration: custom, ${lists} }`

const values: readonly Case[] = [
  {
    why: 'health checks without a pause',
    spec: 'healthCheck: { every: ▸1s }',
    problems: ['spec.healthCheck.every: expected 5s or longer, found "1s"'],
  },
  {
    why: 'a suite that is gone',
    spec: custom('ciphers: [AES128-SHA, ▸RC4-SHA]'),
    problems: [
      'spec.tls.ciphers[1]: removed by platform: RC4 and RC2 are broken, and gone from this OpenSSL, found "RC4-SHA"',
    ],
  },
  {
    why: 'a suite that needs what nobody can give',
    spec: custom('ciphers: [▸PSK-AES128-CBC-SHA, ▸SRP-AES-128-CBC-SHA]'),
    problems: [
      'spec.tls.ciphers[0]: needs a pre-shared key, which no rule can give, found "PSK-AES128-CBC-SHA"',
      'spec.tls.ciphers[1]: needs an SRP password, which no rule can give, found "SRP-AES-128-CBC-SHA"',
    ],
  },
  {
    why: 'a word of an OpenSSL cipher string, which would widen the list in silence',
    spec: custom('ciphers: [▸"HIGH:!aNULL"]'),
    problems: [
      'spec.tls.ciphers[0]: is a word of an OpenSSL cipher string: name each suite instead, found "HIGH:!aNULL"',
    ],
  },
  {
    why: 'a mistyped suite',
    spec: custom('ciphers: [▸ECDHE-RSA-AES128-GMC-SHA256]'),
    problems: [
      'spec.tls.ciphers[0]: unknown cipher suite, found "ECDHE-RSA-AES128-GMC-SHA256": did you mean ECDHE-RSA-AES128-GCM-SHA256?',
    ],
  },
  {
    why: 'protocols that are gone or mistyped',
    spec: custom('protocols: [▸SSLv3, ▸SSLv2Hello, ▸TLSv9, TLSv1.2]'),
    problems: [
      'spec.tls.protocols[0]: removed by platform: SSL 3 is broken (POODLE), and gone from this OpenSSL, found "SSLv3"',
      'spec.tls.protocols[1]: removed by platform: the SSL 2 hello message went with SSL 2; leave it out, no backend of today needs it, found "SSLv2Hello"',
      'spec.tls.protocols[2]: expected one of TLSv1.3, TLSv1.2, TLSv1.1, TLSv1, found "TLSv9": did you mean TLSv1?',
    ],
  },
  {
    why: 'a group that was withdrawn',
    spec: 'tls: { configuration: custom, groups: [▸sect283k1, X25519] }',
    problems: [
      'spec.tls.groups[0]: removed by platform: curves over binary fields were withdrawn by RFC 8422, found "sect283k1"',
    ],
  },
  {
    why: "GnuTLS's name of a group",
    spec: 'tls: { configuration: custom, groups: [▸GROUP-X25519] }',
    problems: ['spec.tls.groups[0]: is called X25519 here, found "GROUP-X25519"'],
  },
  {
    why: 'an unknown group',
    spec: custom('groups: [▸x25518]'),
    problems: ['spec.tls.groups[0]: unknown group, found "x25518": did you mean X25519?'],
  },
  {
    why: 'an empty list',
    spec: custom('ciphers: ▸[]'),
    problems: ['spec.tls.ciphers: expected at least 1 in the list, found an empty list'],
  },
  {
    why: 'hosts that cannot be matched',
    spec: 'rules:\n  - { name: a, match: [▸"*", ▸"f*.example", ▸"*.10.0.0.1", ▸"a b", ▸"a:0", ▸"http://a", ▸"ftp://u:p@x:21/", ▸"u@a"] }',
    problems: [
      'spec.rules[0].match[0]: has a * elsewhere than in front, as in *.example.org, found "*"',
      'spec.rules[0].match[1]: has a * elsewhere than in front, as in *.example.org, found "f*.example"',
      'spec.rules[0].match[2]: is a wildcard over an address: name each address, found "*.10.0.0.1"',
      'spec.rules[0].match[3]: has a character no host name has, found "a b"',
      'spec.rules[0].match[4]: needs a port from 1 to 65535, in plain digits, found "a:0"',
      'spec.rules[0].match[5]: must be a host name, not a URL, found "http://a"',
      'spec.rules[0].match[6]: must be a host name, not a URL, found "ftp://u:p@x:21/"',
      'spec.rules[0].match[7]: must be a host name, not a URL, found "u@a"',
    ],
  },
  {
    why: 'names that leave their folder',
    spec: 'strictTls: { customTrustStores: [▸../corp, ▸.hidden, ▸a/b] }',
    problems: ['../corp', '.hidden', 'a/b'].map(
      (name, index) =>
        `spec.strictTls.customTrustStores[${index}]: expected a name of letters, digits, dots, dashes and underscores, found "${name}"`,
    ),
  },
  {
    why: 'a server name that is an address',
    spec: rule('sni: ▸10.0.0.1'),
    problems: ['spec.rules[0].sni: expected a host name: an address cannot be sent as SNI, found "10.0.0.1"'],
  },
  {
    why: 'a pin that is no SHA-256 in base64',
    spec: rule('pins: { spkiSha256: [▸abcd] }'),
    problems: [
      'spec.rules[0].pins.spkiSha256[0]: expected the SHA-256 of the public key in base64: 44 characters, sha256/ in front or not, found "abcd"',
    ],
  },
  {
    why: 'ranges that are none',
    spec: 'destinations: { denyAddresses: [▸defualt, ▸10.0.0.0/33], allowAddresses: [▸10.0.0.256] }',
    problems: [
      'spec.destinations.denyAddresses[0]: expected default, private or a range such as 10.0.0.0/8, found "defualt": did you mean default?',
      'spec.destinations.denyAddresses[1]: expected default, private or a range such as 10.0.0.0/8, found "10.0.0.0/33"',
      'spec.destinations.allowAddresses[0]: expected an address or a range such as 10.0.0.0/8 or fd00::/8, found "10.0.0.256"',
    ],
  },
  {
    why: 'an exception without backend, finding, day, owner or reason',
    spec: 'exceptions:\n  - { backend: ▸a.example, findings: [▸expird], until: ▸2027-02-30, owner: ▸"", reason: ▸" " }',
    problems: [
      'spec.exceptions[0].backend: has no port, found "a.example"',
      `spec.exceptions[0].findings[0]: expected one of ${findingNames.join(', ')}, found "expird": did you mean expired?`,
      'spec.exceptions[0].until: no such day, found "2027-02-30"',
      'spec.exceptions[0].owner: expected a few words, found ""',
      'spec.exceptions[0].reason: expected a few words, found " "',
    ],
  },
  {
    why: 'an exception that ends on something that is no day',
    spec: 'exceptions: [{ backend: "a:1", findings: [expired], until: ▸soon, owner: me, reason: why not }]',
    problems: ['spec.exceptions[0].until: expected a day such as 2027-06-30, found "soon"'],
  },
  {
    why: 'URLs where hosts belong',
    spec: `${rule('verifyName: ▸"https://foo.example", sni: ▸"https://foo.example"')}\ntests: [{ destination: ▸"https://foo.example", expect: trusted }]\nexceptions: [{ backend: ▸"https://foo.example:443", findings: [expired], until: 2027-01-01, owner: me, reason: x }]`,
    problems: [
      'spec.rules[0].verifyName: must be a host name, not a URL, found "https://foo.example"',
      'spec.rules[0].sni: must be a host name, not a URL, found "https://foo.example"',
      'spec.tests[0].destination: must be a host name, not a URL, found "https://foo.example"',
      'spec.exceptions[0].backend: must be a host name, not a URL, found "https://foo.example:443"',
    ],
  },
  {
    why: 'a test of a destination nobody can ask for',
    spec: 'tests: [{ destination: ▸"a.example:443x", expect: trusted }]',
    problems: ['spec.tests[0].destination: needs a port from 1 to 65535, in plain digits, found "a.example:443x"'],
  },
  {
    why: 'the security level of a rule, said for all',
    spec: 'tls: { ▸legacy: { securityLevel: 0 } }',
    problems: ['spec.tls.legacy: is not a known key'],
  },
]

const contradictions: readonly Case[] = [
  {
    why: 'deny-all by rules',
    spec: 'destinations: { unlisted: ▸deny }\nrules:\n  - { name: a, match: [a.example], action: deny }',
    problems: ['spec.destinations.unlisted: denies everything: no rule allows a destination'],
  },
  {
    why: 'deny-all by addresses',
    spec: 'destinations: { denyAddresses: ▸[0.0.0.0/0, "::/0"] }',
    problems: ['spec.destinations.denyAddresses: denies every address'],
  },
  {
    why: 'strict TLS that trusts nobody',
    spec: 'strictTls: { defaultTrustStore: ▸none }',
    problems: ['spec.strictTls.defaultTrustStore: leaves no trust store at all: strict TLS would refuse every backend'],
  },
  {
    why: 'a rule that trusts nobody',
    spec: rule('trustStores: ▸[]'),
    problems: ['spec.rules[0].trustStores: leaves no trust store at all: strict TLS would refuse every backend'],
  },
  {
    why: 'none in a list of stores',
    spec: rule('trustStores: [▸none]'),
    problems: ['spec.rules[0].trustStores[0]: none stands for no store in defaultTrustStore only'],
  },
  {
    why: 'two places for one thing',
    spec: rule('enforcement: ▸enforce, trustStores: [c], strictTls: { enforcement: enforce, customTrustStores: ▸[d] }'),
    problems: [
      'spec.rules[0].enforcement: is also said in strictTls: keep one',
      'spec.rules[0].strictTls.customTrustStores: is overruled by trustStores, which means only these: keep one',
    ],
  },
  {
    why: 'two switches of health checks for one backend',
    spec: 'healthCheck:\n  backends:\n    - { backend: "a.example:443", enabled: true }\n    - { backend: ▸"A.example:443", enabled: false }',
    problems: ['spec.healthCheck.backends[1].backend: a.example:443 has a switch above: keep one'],
  },
  {
    why: 'two rules of one name, and a rule with the name of none',
    spec: 'rules:\n  - { name: a, match: [a.example] }\n  - { name: ▸a, match: [b.example] }\n  - { name: ▸unlisted, match: [c.example] }',
    problems: [
      'spec.rules[1].name: a is already the name of a rule above',
      'spec.rules[2].name: unlisted is what logs call the lack of a rule: choose another',
    ],
  },
  {
    why: 'revocation found out from nothing',
    spec: 'revocation: { mode: hard, sources: ▸[] }',
    problems: ['spec.revocation.sources: expected at least 1 in the list, found an empty list'],
  },
]

describe('a policy is refused with the place and the reason', () => {
  for (const { why, spec, problems } of [...values, ...contradictions]) {
    it(`for ${why}`, () => {
      const { spec: text, lines } = marked(spec, problems)
      assert.deepEqual(problemsOf(text), lines)
    })
  }

  it('for faults of every kind at once: none hides another', () => {
    const spec = [
      '▸sin: true',
      'destinations: { denyAddresses: ▸[0.0.0.0/0, "::/0"] }',
      'tls: { configuration: custom, protocols: [TLSv1.3], ciphers: ▸[AES128-SHA] }',
      'rules:',
      '  - { name: a, match: [a.example], sni: ▸10.0.0.1 }',
      '  - { match: [▸"a b"] }'.replace('{', '▸{'),
      '  - { name: ▸a, match: [b.example], clientCertificate: ▸lost, trustStores: [▸../x, ▸gone] }',
    ].join('\n')
    const faultOf = ({ name }: { name: string }) => (name === 'bundled' ? undefined : 'does not exist')
    const { spec: text, lines } = marked(spec, [
      'spec.sin: is not a known key: did you mean sni?',
      'spec.destinations.denyAddresses: denies every address',
      'spec.tls.ciphers: no suite for TLSv1.3: name one that it can use, or take it from protocols',
      'spec.rules[0].sni: expected a host name: an address cannot be sent as SNI, found "10.0.0.1"',
      'spec.rules[1].name: is missing: expected a text',
      'spec.rules[1].match[0]: has a character no host name has, found "a b"',
      'spec.rules[2].name: a is already the name of a rule above',
      'spec.rules[2].clientCertificate: does not exist',
      'spec.rules[2].trustStores[0]: expected a name of letters, digits, dots, dashes and underscores, found "../x"',
      'spec.rules[2].trustStores[1]: does not exist',
    ])
    assert.deepEqual(
      problemsOf(text, { faultOf }).filter((line) => !line.includes('warning')),
      lines,
    )
  })

  it('for contradictions elsewhere although a rule lacks its name', () => {
    const { spec, lines } = marked(
      'tls: { configuration: custom, protocols: [TLSv1.3], ciphers: ▸[AES128-SHA] }\nrules: [▸{ match: [a.example] }]',
      [
        'spec.tls.ciphers: no suite for TLSv1.3: name one that it can use, or take it from protocols',
        'spec.rules[0].name: is missing: expected a text',
      ],
    )
    const found = problemsOf(spec).filter((line) => !line.includes('warning'))
    assert.deepEqual(found, lines)
  })

  it('for what is wrong below a head that is faulty', () => {
    const text =
      'apiVersion: v1\nkind: OutgoingTlsPolicy\nmetadata: {}\nspec: { destinations: { denyAddresses: [0.0.0.0/0, "::/0"] } }\n'
    assert.deepEqual(problemsOfText(text).map(formatProblem), [
      'p.yaml:1:13 apiVersion: expected "vedette/v1", found "v1"',
      'p.yaml:3:1 metadata.name: is missing: expected a text',
      'p.yaml:4:40 spec.destinations.denyAddresses: denies every address',
    ])
  })

  const onlyTheCause: readonly (readonly [why: string, spec: string])[] = [
    ['a rule left out denies nothing', 'destinations: { unlisted: deny }\nrules: [{ match: [a.example] }]'],
    ['rules under a mistyped key', 'destinations: { unlisted: deny }\nruels: [{ name: a, match: [a.example] }]'],
    [
      'an action nobody knows',
      'destinations: { unlisted: dney }\nrules: [{ name: a, match: [a.example], action: deny }]',
    ],
    ['a mistyped configuration', 'tls: { configuration: cutsom, protocols: [TLSv1.2] }'],
    ['a mistyped key for it', 'tls: { configuraton: custom, protocols: [TLSv1.2] }'],
    ['a level nobody knows', rule('tls: { configuration: custom, protocols: [TLSv1], legacy: { securityLevel: 7 } }')],
    ['the only store, misnamed', 'strictTls: { defaultTrustStore: none, customTrustStores: [../corp] }'],
    ['pins instead of a store, misread', rule('trustStores: [], pins: { mode: insted, spkiSha256: [x] }')],
    ['suites a rule inherits', `${custom('ciphers: [AES128-SHAA]')}\n${rule('tls: { protocols: [TLSv1.3] }')}`],
    [
      'a key that would bind an exception',
      'exceptions: [{ backend: "a:1", findings: [self-signed], spkiSha256: x, until: 2027-01-01, owner: me, reason: y }]',
    ],
    [
      'addresses allowed in spite',
      'destinations: { denyAddresses: [0.0.0.0/0, "::/0"], allowAddresses: [10.0.0.0/33] }',
    ],
  ]
  for (const [why, spec] of onlyTheCause) {
    it(`without follow-up errors: ${why}`, () => {
      const found = problemsOf(spec)
      assert.ok(found.length > 0)
      const ofTheSchema = /is not a known key|expected|is missing|unknown cipher suite/
      assert.deepEqual(
        found.filter((line) => !ofTheSchema.test(line)),
        [],
      )
    })
  }

  it('for a head that is not ours', () => {
    const text = 'apiVersion: vedette/v2\nkind: Settings\nmetadata: {}\n'
    assert.deepEqual(problemsOfText(text).map(formatProblem), [
      'p.yaml:1:1 spec: is missing: expected a mapping',
      'p.yaml:1:13 apiVersion: expected "vedette/v1", found "vedette/v2": did you mean vedette/v1?',
      'p.yaml:2:7 kind: expected "OutgoingTlsPolicy", found "Settings"',
      'p.yaml:3:1 metadata.name: is missing: expected a text',
    ])
  })

  it('in an error whose message is enough for one line of a log', () => {
    assert.throws(() => parsePolicy('apiVersion: vedette/v1\n', { file: 'policies/x.yaml' }), {
      code: 'OPERATOR_BAD_DOCUMENT',
      message: 'policies/x.yaml:1:1 kind: is missing: expected "OutgoingTlsPolicy" (and 2 more problems)',
    })
  })
})
