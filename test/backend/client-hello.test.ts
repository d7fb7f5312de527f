/**
 * What a policy says about TLS, what `vedette explain` says leaves, and the bytes that really leave to a raw socket, on
 * every path that dials: all three must be one. OpenSSL skips words it does not know in silence, so only bytes prove it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findGroup } from '../../src/policy/catalogue/groups.ts'
import { type EffectiveHello, effectiveHello } from '../../src/policy/describe/effective-hello.ts'
import type { Rule } from '../../src/policy/policy.ts'
import type { ClientHello } from '../kit/capture-client-hello.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeBackends } from '../kit/reach.ts'
import { startHelloCatcher } from '../kit/start-hello-catcher.ts'
import { policyOf } from '../policy/policy-text.ts'

const trust = await makeTrust(['good.test'])
const resolve = async () => ['127.0.0.1']

const rule = (says: string) => `rules: [{ name: a, match: [good.test], ${says} }]`
const custom = (lists: string) => `tls: { configuration: custom, ${lists} }`
const hatch = (lists: string, legacy = 'securityLevel: 0') =>
  rule(`tls: { configuration: custom, ${lists}, legacy: { ${legacy} } }`)

const specs: readonly (readonly [string, string])[] = [
  ['the newest default set', ''],
  ['the same without post-quantum groups', 'tls: { postQuantum: off }'],
  ['the same with a post-quantum key share', 'tls: { postQuantum: prefer }'],
  ['mozilla-modern', 'tls: { profile: mozilla-modern-6.0 }'],
  ['mozilla-intermediate', 'tls: { profile: mozilla-intermediate-6.0 }'],
  ['stig-tls12', 'tls: { profile: stig-tls12 }'],
  ['sentry-classic', 'tls: { profile: sentry-classic }'],
  [
    'report mode over a narrow list',
    `strictTls: { enforcement: report }\n${custom('protocols: [TLSv1.2], ciphers: [AES128-SHA]')}`,
  ],
  [
    'report mode over narrow groups and signatures',
    `strictTls: { enforcement: report }\n${custom('groups: [P-521], signatureAlgorithms: [rsa_pkcs1_sha512, ed25519]')}`,
  ],
  [
    'an order of its own, under names of three vendors',
    custom(
      'protocols: [TLSv1.2], ciphers: [SSL_RSA_WITH_AES_256_CBC_SHA, ECDHE-RSA-AES128-SHA, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384], groups: [prime256v1]',
    ),
  ],
  ['TLS 1.3 alone with one suite', custom('protocols: [TLSv1.3], ciphers: [TLS_CHACHA20_POLY1305_SHA256]')],
  ['TLS 1.2 alone without curves', custom('protocols: [TLSv1.2], ciphers: [AES128-SHA, DHE-RSA-AES128-GCM-SHA256]')],
  [
    'both protocols in a mixed list',
    custom('ciphers: [ECDHE-ECDSA-AES128-GCM-SHA256, TLS_AES_256_GCM_SHA384, AES128-SHA]'),
  ],
  ['groups that only some sites have', custom('groups: [brainpoolP256r1, X448, ffdhe3072]')],
  ['hybrid groups alone', `${custom('groups: [SecP384r1MLKEM1024, X25519MLKEM768], protocols: [TLSv1.3]')}`],
  [
    'signature algorithms in an order of its own',
    custom('signatureAlgorithms: [RSA+SHA256, ed25519, ECDSA+SHA384, rsa_pss_rsae_sha256]'),
  ],
  [
    'signature algorithms of TLS 1.3 beside TLS 1.2',
    custom('protocols: [TLSv1.2], signatureAlgorithms: [mldsa65, rsa_pkcs1_sha256, rsa_pkcs1_sha224]'),
  ],
  [
    'signature algorithms of certificates only',
    custom('protocols: [TLSv1.3], signatureAlgorithms: [ed25519, rsa_pkcs1_sha256, rsa_pkcs1_sha224]'),
  ],
  ['TLS 1.0 and 1.1', hatch('protocols: [TLSv1.1, TLSv1], ciphers: [AES128-SHA, ECDHE-RSA-AES256-SHA]')],
  ['TLS 1.1 alone', hatch('protocols: [TLSv1.1], ciphers: [AES128-SHA, ECDHE-RSA-AES256-SHA]')],
  [
    'TLS 1.0 to 1.3',
    hatch('protocols: [TLSv1.3, TLSv1, TLSv1.2, TLSv1.1], ciphers: [AES128-SHA, TLS_AES_128_GCM_SHA256]'),
  ],
  [
    'SHA-1 signatures behind the hatch',
    hatch('signatureAlgorithms: [rsa_pkcs1_sha1, ecdsa_sha1, rsa_pkcs1_sha256, rsa_pss_rsae_sha256]'),
  ],
  [
    'small Diffie-Hellman groups behind the hatch',
    hatch('protocols: [TLSv1.2], ciphers: [DHE-RSA-AES128-GCM-SHA256]', 'securityLevel: 1, minDhBits: 1024'),
  ],
  ['unsafe renegotiation behind the hatch', rule('tls: { legacy: { unsafeRenegotiation: true } }')],
  ['no server name', 'sni: false'],
  ['another server name', rule('sni: front.test')],
]

for (const use of ['originate', 'verify'] as const) {
  describe(`the ClientHello to ${use} is what explain says, byte for byte`, () => {
    for (const [why, spec] of specs) {
      it(why, async (t) => {
        const { port, hellos } = await startHelloCatcher(t)
        const { backends, decision, refusal } = makeBackends(
          t,
          { trust: [trust.set], unlisted: ruleOf(spec) },
          { resolve },
        )
        const decided = decision(`good.test:${port}`)
        if (use === 'originate') await refusal(`good.test:${port}`)
        else await assert.rejects(backends.verdictFor(decided))
        assert.equal(hellos.length, 1)
        const said = effectiveHello(decided.rule, decided.destination, use)
        assert.deepEqual(fieldsOf(hellos[0] as ClientHello), wireFieldsOf(said))
      })
    }
  })
}

describe('the ClientHello to an address', () => {
  for (const [authority, address] of [
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '::1'],
  ] as const) {
    it(`${address} carries no server name`, () => {
      const { decision } = makeBackends({ after: () => {} }, { trust: [trust.set] }, { resolve })
      const decided = decision(`${authority}:443`)
      assert.equal(effectiveHello(decided.rule, decided.destination, 'originate').serverName, '')
    })
  }
})

function ruleOf(spec: string): Partial<Rule> {
  const policy = policyOf(spec)
  const { index: _, match: __, ...rest } = policy.rules[0] ?? policy.unlisted
  return { ...rest, trustStores: ['corp'] }
}

/** The fields that a policy decides; what OpenSSL adds of its own (encrypt-then-MAC, an empty ticket) offers nothing. */
function fieldsOf(hello: ClientHello): Record<string, unknown> {
  const { versions, ciphers, signals, groups, keyShares, signatureAlgorithms, serverName, alpn } = hello
  return {
    versions,
    suites: [...ciphers, ...signals],
    groups: groups.map(codeOfGroup),
    keyShares: keyShares.map(codeOfGroup),
    signatureAlgorithms,
    serverName: serverName ?? '',
    alpn,
    session: hello.offersSession,
    earlyData: hello.offersEarlyData,
  }
}

function wireFieldsOf(said: EffectiveHello): Record<string, unknown> {
  const codes = (list: EffectiveHello['suites']) => list.map(({ code }) => hex(code))
  const [highest] = said.protocols
  const listed = highest?.name === 'TLSv1.3' ? said.protocols : said.protocols.slice(0, 1)
  return {
    versions: listed.map(({ name }) => name),
    suites: [...codes(said.suites), ...codes(said.signals)],
    groups: codes(said.groups),
    keyShares: codes(said.keyShares),
    signatureAlgorithms: codes(said.signatureAlgorithms),
    serverName: said.serverName,
    alpn: said.alpn,
    session: false,
    earlyData: said.earlyData,
  }
}

/** The kit names some groups and gives the hexadecimal number of others. */
function codeOfGroup(name: string): string {
  return hex(findGroup(name)?.code ?? Number.parseInt(name, 16))
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}
