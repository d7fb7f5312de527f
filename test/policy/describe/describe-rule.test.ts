import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../src/policy/decide.ts'
import { describeRule } from '../../../src/policy/describe/describe-rule.ts'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import { findingNames } from '../../../src/policy/policy.ts'
import { policyOf } from '../policy-text.ts'

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='

const policy = policyOf(`
strictTls: { customTrustStores: [corp] }
rules:
  - { name: no-tracker, match: ["*.tracker.example"], action: deny }
  - name: exchange
    match: ["*.eas.corp.example", "mail.corp.example:443"]
    verifyName: mail.internal
    sni: false
    pins: { spkiSha256: [${key}] }
    clientCertificate: exchange
    tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [ECDHE-RSA-AES128-SHA], legacy: { securityLevel: 0 } }
  - { name: appliance, match: ["10.0.0.1"], pins: { mode: instead, spkiSha256: [${key}, ${key.replace(/^A/, 'B')}] } }
  - name: lab
    match: [lab.example]
    trustStores: [corp]
    strictTls: { enabled: false, enforcement: report, allowUntrusted: true }
    tls: { postQuantum: prefer }
    plaintext: true
    fixUps: true
  - { name: hidden, match: [hidden.example], sni: front.example, tlsPort: 8443, trustStores: [], strictTls: { allowUntrusted: true } }
exceptions:
  - { backend: "mail.corp.example:443", findings: [expired], until: 2027-03-31, owner: mail team, reason: replaced soon }
  - { backend: "mail.corp.example:443", findings: [revoked], spkiSha256: ${key}, until: 2027-01-01, owner: me, reason: x }
  - { backend: "mail.corp.example:444", findings: [weak-key], until: 2027-03-31, owner: me, reason: not this port }
`)

const today = Date.parse('2026-11-20T00:00:00Z')

const explain = (destination: string, nowMs = today) => {
  return describeRule(decide(policy, parseAuthority(destination)), { exceptions: policy.exceptions, nowMs })
}

const sentences: Readonly<Record<string, readonly string[]>> = {
  'a.example:443': [
    'No rule names a.example:443; the policy allows what no rule names.',
    'The certificate must chain to one of the trust stores bundled, corp and carry the name a.example.',
    'Revoked certificates are refused, by stapled OCSP answers and revocation lists; what nobody can say passes (soft).',
    'The server name (SNI) a.example is sent.',
    'It offers TLSv1.3, TLSv1.2 with 9 suites (default set 2026-11).',
    'All selected suites have forward secrecy.',
    'Groups, in order: X25519MLKEM768, X25519, P-256, P-384, P-521; key share for X25519.',
    'A post-quantum group is offered without a key share: the hello stays small, a backend may ask for it.',
    'http:// without a port is lifted to 443.',
  ],
  'x.tracker.example:443': ['x.tracker.example:443 is denied by the rule no-tracker (*.tracker.example).'],
  'mail.corp.example:443': [
    'mail.corp.example:443 is allowed by the rule exchange (mail.corp.example:443).',
    'The certificate must chain to one of the trust stores bundled, corp and carry the name mail.internal.',
    'The backend must show the pinned public key.',
    'Revoked certificates are refused, by stapled OCSP answers and revocation lists; what nobody can say passes (soft).',
    'Until 2027-03-31, expired is forgiven: replaced soon (mail team).',
    `Until 2027-01-01 for the key ${key}, revoked is forgiven: x (me).`,
    'No server name (SNI) is sent.',
    'It offers TLSv1.2 with 1 suite (custom configuration).',
    'All selected suites have forward secrecy.',
    'Groups, in order: X25519, P-256, P-384, P-521.',
    'No post-quantum group is offered.',
    'It offers CBC suites (1): encryption in CBC mode before authentication has been broken again and again (Lucky 13, padding oracles).',
    "OpenSSL's security level is lowered to 0 for this backend.",
    'The key pair exchange is shown when the backend asks.',
    'http:// without a port is lifted to 443.',
  ],
  '10.0.0.1:443': [
    '10.0.0.1:443 is allowed by the rule appliance (10.0.0.1).',
    'The backend must show one of 2 pinned public keys; chain, dates, name and revocation do not count.',
    'No server name (SNI) is sent.',
    'It offers TLSv1.3, TLSv1.2 with 9 suites (default set 2026-11).',
    'All selected suites have forward secrecy.',
    'Groups, in order: X25519MLKEM768, X25519, P-256, P-384, P-521; key share for X25519.',
    'A post-quantum group is offered without a key share: the hello stays small, a backend may ask for it.',
    'http:// without a port is lifted to 443.',
  ],
  'lab.example:80': [
    'lab.example:80 is allowed by the rule lab (lab.example).',
    'Nothing that is found refuses it: it is looked at and logged (report mode).',
    'Would hold with strict TLS on, if it were enforced: the certificate must carry the name lab.example; whether it chains to the trust store corp is looked at and logged.',
    'Would hold with strict TLS on, if it were enforced: revoked certificates are refused, by stapled OCSP answers and revocation lists; what nobody can say passes (soft).',
    'The server name (SNI) lab.example is sent.',
    'It offers TLSv1.3, TLSv1.2 with 9 suites (default set 2026-11).',
    'All selected suites have forward secrecy.',
    'Groups, in order: X25519MLKEM768, X25519, P-256, P-384, P-521; key share for X25519MLKEM768, X25519.',
    'A post-quantum key share comes with the hello, which grows to 1.6 kB.',
    'Plain text may leave: http:// is not lifted to TLS.',
    'Location, cookies and HSTS are rewritten for a plain-HTTP caller.',
  ],
}

describe('the description of a rule', () => {
  for (const [destination, expected] of Object.entries(sentences)) {
    it(`tells all about ${destination}`, () => assert.deepEqual(explain(destination).sentences, expected))
  }

  it('says so when the policy denies what no rule names', () => {
    const closed = policyOf('destinations: { unlisted: deny }\nrules: [{ name: a, match: [a.example] }]')
    const { sentences, allowed } = describeRule(decide(closed, parseAuthority('b.example:1')), {
      exceptions: [],
      nowMs: today,
    })
    assert.equal(allowed, false)
    assert.deepEqual(sentences, ['No rule names b.example:1; the policy denies what no rule names.'])
  })

  it('says when certificates are held to the form of RFC 5280, and not when nobody looks at them', () => {
    const graded = (strictTls: string) =>
      describeRule(decide(policyOf(`strictTls: { grade: rfc5280${strictTls} }`), parseAuthority('a.example:1')), {
        exceptions: [],
        nowMs: today,
      }).sentences.includes('It is held to the form that RFC 5280 asks for as well.')
    assert.deepEqual([graded(''), graded(', enabled: false')], [true, false])
  })

  it('says who is asked about revocation, and what becomes of what nobody can say', () => {
    const about = (revocation: string) =>
      describeRule(decide(policyOf(`revocation: ${revocation}`), parseAuthority('a.example:1')), {
        exceptions: [],
        nowMs: today,
      }).sentences.filter((sentence) => /revoked/i.test(sentence))
    assert.deepEqual(about('{ mode: "off" }'), ['Nobody is asked whether a certificate was revoked.'])
    assert.deepEqual(about('{ mode: hard, sources: [crl] }'), [
      'Every certificate must be known not to be revoked, by revocation lists; what nobody can say is refused (hard).',
    ])
    assert.deepEqual(about('{ mode: soft, sources: [stapled, crl, ocsp] }'), [
      'Revoked certificates are refused, by stapled OCSP answers, revocation lists and OCSP responders; what nobody can say passes (soft).',
    ])
  })

  it('keeps the record for machines beside the sentences', () => {
    const { offer, clientHello, forgives, refusedFor, sentences, ...record } = explain('hidden.example:443')
    assert.deepEqual(record, {
      destination: 'hidden.example:443',
      allowed: true,
      reason: 'rule',
      rule: 'hidden',
      matchedBy: 'hidden.example',
      strict: true,
      grade: 'webpki',
      enforcement: 'enforce',
      trustStores: [],
      serverName: 'front.example',
      nameToVerify: 'hidden.example',
      pins: null,
      revocation: { mode: 'soft', sources: ['stapled', 'crl'] },
      clientCertificate: undefined,
      plaintext: false,
      tunnels: 'inspect',
      tlsPort: 8443,
      fixUps: false,
      starttls: 'must',
      over: [],
    })
    assert.ok(
      sentences.includes(
        'The certificate must carry the name hidden.example; whether it chains to no trust store at all is looked at and logged.',
      ),
    )
    assert.deepEqual(
      forgives.map(({ by }) => by),
      ['allow-untrusted'],
    )
    const passing = ['untrusted-issuer', 'self-signed', 'incomplete-chain', 'pin-mismatch', 'revocation-unknown']
    assert.deepEqual(
      refusedFor,
      findingNames.filter((name) => !passing.includes(name)),
    )
    assert.deepEqual(offer.keyShares, ['X25519'])
    assert.equal(clientHello.originate.serverName, 'front.example')
    assert.deepEqual([clientHello.originate.alpn, clientHello.verify.alpn], [['http/1.1'], []])
    assert.deepEqual(clientHello.verify.keyShares, [{ name: 'X25519', code: 29 }])
    assert.deepEqual(offer.suites[0], {
      iana: 'TLS_AES_128_GCM_SHA256',
      openssl: 'TLS_AES_128_GCM_SHA256',
      protocols: ['TLSv1.3'],
      forwardSecrecy: true,
      weaknesses: [],
    })
  })

  it('tells of an exception to the end of its last day, and from then on that it is over', () => {
    const endMs = Date.parse('2027-04-01T00:00:00Z')
    assert.deepEqual(explain('mail.corp.example:444', endMs - 1).over, [])
    const { forgives, over, sentences } = explain('mail.corp.example:444', endMs)
    assert.deepEqual(forgives, [])
    assert.deepEqual(
      over.map(({ until }) => until),
      ['2027-03-31'],
    )
    assert.ok(sentences.includes('The exception for weak-key ended on 2027-03-31 and forgives nothing (me).'))
  })

  it('counts suites without forward secrecy', () => {
    const weak = policyOf(
      'tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [AES128-GCM-SHA256, ECDHE-RSA-AES128-GCM-SHA256] }',
    )
    const { sentences } = describeRule(decide(weak, parseAuthority('a.example:1')), { exceptions: [], nowMs: today })
    assert.ok(sentences.includes('1 of 2 suites have forward secrecy.'))
  })
})
