/**
 * Policies against Apache, nginx and `openssl s_server`, each port of them limited to one protocol or one suite: where
 * every combination lands, by a table. The servers run with another OpenSSL than ours, as they do in the field.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Backends } from '../../src/backend/backends.ts'
import { asSidecarError } from '../../src/errors.ts'
import type { AllowedDecision } from '../../src/policy/allowed-or-throw.ts'
import type { Rule } from '../../src/policy/policy.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { type Limit, type LimitedPorts, startGnutlsServer, startLimitedServers } from '../kit/limited-servers.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeBackends } from '../kit/reach.ts'
import { policyOf } from '../policy/policy-text.ts'

const trust = await makeTrust(['good.test'], { leaf: { keyType: 'rsa' } })
const resolve = async () => ['127.0.0.1']

const limits: readonly Limit[] = [
  { name: '1.0', protocol: 'TLSv1' },
  { name: '1.1', protocol: 'TLSv1.1' },
  { name: '1.2', protocol: 'TLSv1.2', suite: 'ECDHE-RSA-AES256-GCM-SHA384' },
  { name: '1.2 CBC', protocol: 'TLSv1.2', suite: 'ECDHE-RSA-AES128-SHA256' },
  { name: '1.2 static RSA', protocol: 'TLSv1.2', suite: 'AES128-SHA' },
  { name: '1.3 AES', protocol: 'TLSv1.3', suite: 'TLS_AES_256_GCM_SHA384' },
  { name: '1.3 ChaCha20', protocol: 'TLSv1.3', suite: 'TLS_CHACHA20_POLY1305_SHA256' },
]

const hatch = (lists: string) =>
  `rules: [{ name: a, match: [good.test], tls: { configuration: custom, ${lists}, legacy: { securityLevel: 0 } } }]`
const everySuite =
  'TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, ECDHE-RSA-AES256-GCM-SHA384, ECDHE-RSA-AES128-SHA256, AES128-SHA'

const policies = {
  'the default set': '',
  'mozilla-modern': 'tls: { profile: mozilla-modern-6.0 }',
  'stig-tls12': 'tls: { profile: stig-tls12 }',
  'sentry-classic': 'tls: { profile: sentry-classic }',
  'ChaCha20 alone': 'tls: { configuration: custom, protocols: [TLSv1.3], ciphers: [TLS_CHACHA20_POLY1305_SHA256] }',
  'old protocols alone': hatch('protocols: [TLSv1, TLSv1.1], ciphers: [AES128-SHA]'),
  'all protocols': hatch(`protocols: [TLSv1, TLSv1.1, TLSv1.2, TLSv1.3], ciphers: [${everySuite}]`),
  'the default set, reporting': 'strictTls: { enforcement: report }',
  'ChaCha20 alone, reporting':
    'strictTls: { enforcement: report }\ntls: { configuration: custom, protocols: [TLSv1.3], ciphers: [TLS_CHACHA20_POLY1305_SHA256] }',
} as const satisfies Record<string, string>

/** Agreed and trusted; agreed and reported; refused by the policy; refused by the backend, with its alert. */
type Landing = `ok ${string}` | `reported ${string}` | 'protocol-refused' | 'handshake_failure' | 'protocol_version'

const P = 'protocol-refused'
const H = 'handshake_failure'
/** In report mode an alert is no refusal of ours. */
const V = 'protocol_version'
const gcm = 'ok TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'
const cbc = 'ok TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'
const rsa = 'ok TLSv1.2 TLS_RSA_WITH_AES_128_CBC_SHA'
const aes = 'ok TLSv1.3 TLS_AES_256_GCM_SHA384'
const chacha = 'ok TLSv1.3 TLS_CHACHA20_POLY1305_SHA256'
const v10 = 'ok TLSv1 TLS_RSA_WITH_AES_128_CBC_SHA'
const v11 = 'ok TLSv1.1 TLS_RSA_WITH_AES_128_CBC_SHA'

/** One line for each policy, one column for each limit, in the order of both lists. */
// biome-ignore format: a table is read by its columns.
const landings: Readonly<Record<keyof typeof policies, readonly Landing[]>> = {
  //                             1.0  1.1  1.2  CBC  static AES  ChaCha20
  'the default set':            [P,   P,   gcm, H,   H,     aes, chacha],
  'mozilla-modern':             [P,   P,   P,   P,   P,     aes, chacha],
  // An old server takes a hello of TLS 1.2 for one of its own, and finds no suite in it.
  'stig-tls12':                 [H,   H,   gcm, H,   H,     P,   P],
  'sentry-classic':             [P,   P,   gcm, cbc, rsa,   P,   P],
  'ChaCha20 alone':             [P,   P,   P,   P,   P,     H,   chacha],
  'old protocols alone':        [v10, v11, P,   P,   P,     P,   P],
  'all protocols':              [v10, v11, gcm, cbc, rsa,   aes, chacha],
  'the default set, reporting': [V,   V,   gcm, H,   H,     aes, chacha],
  'ChaCha20 alone, reporting':  [V,   V,   'reported protocol-refused cipher-refused', H, H, 'reported cipher-refused', chacha],
}

describe('policies land where the table says', () => {
  const clean: (() => unknown)[] = []
  const cleaner = { after: (each: () => unknown) => clean.push(each) }
  let servers: Record<'apache' | 'nginx' | 'openssl', LimitedPorts>
  before(async () => {
    servers = await startLimitedServers(cleaner, trust.leaf, limits)
  })
  after(async () => {
    for (const each of clean.toReversed()) await each()
  })
  for (const kind of ['apache', 'nginx', 'openssl'] as const) {
    for (const [name, expected] of Object.entries(landings)) {
      it(`on ${kind} under ${name}`, async (t) => {
        const { backends, decision } = reach(t, ruleOf(policies[name as keyof typeof policies]))
        const landed = limits.map((limit) =>
          landingOf(backends, decision(`good.test:${servers[kind].get(limit.name)}`)),
        )
        assert.deepEqual(await Promise.all(landed), expected)
      })
    }
  }
})

describe('a backend without secure renegotiation', () => {
  for (const [spec, landing] of [
    ['', 'protocol-refused'],
    ['rules: [{ name: a, match: [good.test], tls: { legacy: { unsafeRenegotiation: true } } }]', 'ok TLSv1.2'],
  ] as const) {
    it(`lands at ${landing} ${spec === '' ? 'without' : 'behind'} the legacy hatch`, async (t) => {
      const port = await startGnutlsServer(t, trust.leaf, 'NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION')
      const { backends, decision } = reach(t, ruleOf(spec))
      assert.ok((await landingOf(backends, decision(`good.test:${port}`))).startsWith(landing))
    })
  }
})

function reach(t: { after(clean: () => unknown): void }, unlisted: Partial<Rule>) {
  return makeBackends(t, { trust: [trust.set], unlisted }, { resolve })
}

function ruleOf(spec: string): Partial<Rule> {
  const policy = policyOf(spec)
  const { index: _, match: __, ...rest } = policy.rules[0] ?? policy.unlisted
  return { ...rest, trustStores: ['corp'], revocation: { mode: 'off', sources: ['stapled'] } }
}

async function landingOf(backends: Backends, decision: AllowedDecision): Promise<string> {
  try {
    const { tls, verdict } = await backends.verdictFor(decision)
    if (verdict.outcome === 'trusted') return `ok ${tls.protocol} ${tls.cipher}`
    assert.equal(verdict.wouldRefuse, true)
    return `reported ${namesIn(verdict)}`
  } catch (thrown) {
    const error = asSidecarError(thrown)
    if (error.code === 'BACKEND_REFUSED_US') return String(error.details.alert)
    if (error.code !== 'POLICY_VERDICT_REFUSED') throw thrown
    return namesIn(error.details.verdict as unknown as Verdict)
  }
}

function namesIn({ findings }: Verdict): string {
  return findings.map(({ name }) => name).join(' ')
}
