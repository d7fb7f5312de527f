/** What protocols, suites, groups and signature algorithms must not say together; `▸` marks the place an operator is sent to. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { marked, problemsOf } from './policy-text.ts'

interface Case {
  readonly why: string
  readonly spec: string
  readonly problems: readonly string[]
}

const rule = (extras: string) => `rules:\n  - { name: a, match: [a.example], ${extras} }`
const custom = (lists: string) => `tls: { configuration: custom, ${lists} }`

const contradictions: readonly Case[] = [
  {
    why: 'protocols with a hole between them: what is in the middle would go out unselected',
    spec: rule(
      'tls: { configuration: custom, protocols: ▸▸[TLSv1, TLSv1.2], ciphers: ▸▸[AES128-SHA], legacy: { securityLevel: ▸0 } }',
    ),
    problems: [
      'spec.rules[0].tls.protocols: warning: TLSv1: withdrawn by RFC 8996, its signatures use SHA-1 and MD5',
      'spec.rules[0].tls.protocols: leaves out TLSv1.1 in the middle: OpenSSL offers a range, so it would go out unselected: choose it too, or leave out what is below it',
      'spec.rules[0].tls.ciphers: warning: offers suites without forward secrecy (AES128-SHA): whoever gets the key of the backend later can read all traffic recorded until then',
      'spec.rules[0].tls.ciphers: warning: offers CBC suites (AES128-SHA): encryption in CBC mode before authentication has been broken again and again (Lucky 13, padding oracles)',
      'spec.rules[0].tls.legacy.securityLevel: warning: accepts keys and signatures of any weakness from this backend',
    ],
  },
  {
    why: 'a custom list without a suite for a chosen protocol',
    spec: custom('protocols: [TLSv1.3, TLSv1.2], ciphers: ▸[ECDHE-RSA-AES128-GCM-SHA256]'),
    problems: ['spec.tls.ciphers: no suite for TLSv1.3: name one that it can use, or take it from protocols'],
  },
  {
    why: 'TLS 1.3 alone with suites of 1.2: nothing would be offered',
    spec: custom('protocols: [TLSv1.3], ciphers: ▸[▸AES128-SHA]'),
    problems: [
      'spec.tls.ciphers: no suite for TLSv1.3: name one that it can use, or take it from protocols',
      'spec.tls.ciphers[0]: warning: AES128-SHA is never offered: it works in TLSv1, TLSv1.1, TLSv1.2, which protocols leaves out',
    ],
  },
  {
    why: 'a rule that narrows the protocols to one its inherited suites cannot speak',
    spec: `${custom('protocols: [TLSv1.2], ciphers: [ECDHE-RSA-AES128-GCM-SHA256]')}\n${rule('tls: { protocols: ▸[TLSv1.3] }')}`,
    problems: [
      'spec.rules[0].tls.protocols: no suite for TLSv1.3: name one that it can use, or take it from protocols',
    ],
  },
  {
    why: 'lists that default would not read',
    spec: 'tls: { protocols: ▸[TLSv1.2], ciphers: ▸[AES128-SHA], groups: ▸[X25519] }',
    problems: [
      'spec.tls.protocols: is read under configuration: custom only',
      'spec.tls.ciphers: is read under configuration: custom only',
      'spec.tls.groups: is read under configuration: custom only',
    ],
  },
  {
    why: 'a set that custom would not follow',
    spec: custom('profile: ▸2026-11'),
    problems: ['spec.tls.profile: is read under configuration: default only'],
  },
  {
    why: 'TLS 1.1 for everybody',
    spec: custom('protocols: ▸[TLSv1.2, TLSv1.1], ciphers: ▸[ECDHE-RSA-AES128-SHA]'),
    problems: [
      'spec.tls.protocols: TLSv1.1: OpenSSL gives it up above security level 0, which a rule sets for its own backend (legacy: { securityLevel: 0 })',
      'spec.tls.ciphers: warning: offers CBC suites (ECDHE-RSA-AES128-SHA): encryption in CBC mode before authentication has been broken again and again (Lucky 13, padding oracles)',
    ],
  },
  {
    why: 'TLS 1.0 in a rule that lowers the security level too little',
    spec: rule(
      'tls: { configuration: custom, protocols: ▸[TLSv1], ciphers: ▸[ECDHE-RSA-AES128-SHA], legacy: { securityLevel: ▸1 } }',
    ),
    problems: [
      'spec.rules[0].tls.protocols: TLSv1: OpenSSL gives it up above security level 0, which a rule sets for its own backend (legacy: { securityLevel: 0 })',
      'spec.rules[0].tls.ciphers: warning: offers CBC suites (ECDHE-RSA-AES128-SHA): encryption in CBC mode before authentication has been broken again and again (Lucky 13, padding oracles)',
      'spec.rules[0].tls.legacy.securityLevel: warning: accepts 1024-bit keys and SHA-1 from this backend',
    ],
  },
  {
    why: 'the legacy hatch for everybody',
    spec: 'tls: { ▸legacy: { securityLevel: 0 } }',
    problems: ['spec.tls.legacy: is not a known key'],
  },
  {
    why: 'small Diffie-Hellman groups that the security level does not let through',
    spec: rule('tls: { legacy: { minDhBits: ▸1024 } }'),
    problems: [
      'spec.rules[0].tls.legacy.minDhBits: OpenSSL refuses groups under 2048 bits above security level 1 (legacy: { securityLevel: 1, minDhBits: 1024 })',
    ],
  },
  {
    why: 'a Diffie-Hellman group that no level lets through',
    spec: rule('tls: { legacy: { securityLevel: 0, minDhBits: ▸512 } }'),
    problems: ['spec.rules[0].tls.legacy.minDhBits: expected at least 1024, found 512'],
  },
  {
    why: 'signature algorithms over SHA-1 above security level 0',
    spec: custom('signatureAlgorithms: [ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256, ▸rsa_pkcs1_sha1]'),
    problems: [
      'spec.tls.signatureAlgorithms[2]: rsa_pkcs1_sha1: OpenSSL gives it up above security level 0: SHA-1 can be made to collide (SHAttered) (legacy: { securityLevel: 0 } in a rule)',
    ],
  },
  {
    why: 'a protocol that no signature algorithm serves',
    spec: custom('protocols: ▸[TLSv1.3, TLSv1.2], signatureAlgorithms: ▸[mldsa65]'),
    problems: [
      'spec.tls.protocols: no suite for TLSv1.2: name one that it can use, or take it from protocols',
      'spec.tls.signatureAlgorithms: no signature algorithm for TLSv1.2: name one that it can use, or take it from protocols',
    ],
  },
  {
    why: 'a signature algorithm that is gone',
    spec: custom('signatureAlgorithms: [▸RSA+MD5, ▸rsa_pss]'),
    problems: [
      'spec.tls.signatureAlgorithms[0]: removed by platform: MD5 is broken, found "RSA+MD5"',
      'spec.tls.signatureAlgorithms[1]: unknown signature algorithm, found "rsa_pss"',
    ],
  },
  {
    why: 'a protocol without a group',
    spec: custom('protocols: [TLSv1.3, TLSv1.2], groups: ▸[X25519MLKEM768]'),
    problems: ['spec.tls.groups: no group for ECDHE up to TLSv1.2'],
  },
  {
    why: 'a hybrid group that postQuantum takes away',
    spec: custom('protocols: [TLSv1.3], groups: ▸[▸X25519MLKEM768], postQuantum: off'),
    problems: [
      'spec.tls.groups: no group for TLSv1.3',
      'spec.tls.groups[0]: warning: X25519MLKEM768 is never offered: postQuantum is off',
    ],
  },
  {
    why: 'SSLv2Hello, with and without TLSv1: the message went with SSL 2',
    spec: custom('protocols: [TLSv1.2, ▸SSLv2Hello]'),
    problems: [
      'spec.tls.protocols[1]: removed by platform: the SSL 2 hello message went with SSL 2; leave it out, no backend of today needs it, found "SSLv2Hello"',
    ],
  },
]

describe('TLS settings that contradict each other are refused', () => {
  for (const { why, spec, problems } of contradictions) {
    it(`for ${why}`, () => {
      const expected = marked(spec, problems)
      assert.deepEqual(problemsOf(expected.spec), expected.lines)
    })
  }
})
