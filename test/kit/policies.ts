/** Policies as plain values, for tests of what stands on a policy and not of its parser. */
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import type { HostPattern, Policy, Rule } from '../../src/policy/policy.ts'

/** A strict rule with everything at its default; name what the test is about. */
export function makeRule(overrides: Partial<Rule> = {}): Rule {
  return {
    name: 'unlisted',
    index: -1,
    match: [],
    action: 'allow',
    strict: true,
    grade: 'webpki',
    enforcement: 'enforce',
    trustStores: ['test'],
    allowUntrusted: false,
    chainRepair: 'pool',
    sni: true,
    tls: {
      configuration: 'default',
      profile: '2026-11',
      protocols: ['TLSv1.2', 'TLSv1.3'],
      ciphers: ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
      openssl: { legacy: ['ECDHE-ECDSA-AES128-GCM-SHA256'], tls13: ['TLS_AES_128_GCM_SHA256'] },
      groups: 'X25519:P-256',
      postQuantum: 'off',
      signatureAlgorithms: ['ecdsa_secp256r1_sha256'],
      securityLevel: 2,
      unsafeRenegotiation: false,
      minDhBits: 2048,
    },
    pins: null,
    plaintext: false,
    // Tests put whatever bytes they like into tunnels; those that are about reading hellos say so.
    tunnels: 'verify-only',
    tlsPort: 443,
    fixUps: false,
    starttls: 'must',
    revocation: { mode: 'off', sources: ['stapled', 'crl'] },
    ...overrides,
  }
}

/** A policy of these rules, in order; the rest is allowed unless `unlisted` says otherwise. */
export function makePolicy({ rules = [], unlisted = makeRule() }: { rules?: Rule[]; unlisted?: Rule } = {}): Policy {
  const numbered = rules.map((rule, index) => ({ ...rule, index }))
  const addresses = { deny: [], allow: ['127.0.0.0/8'] }
  const healthChecks = { everyMs: 60_000, seen: true, backends: [] }
  return { name: 'test', comment: '', rules: numbered, unlisted, addresses, healthChecks, exceptions: [], tests: [] }
}

/** `host`, `host:port` or `*.host` as a pattern of a rule. */
export function pattern(text: string): HostPattern {
  const wildcard = text.startsWith('*.')
  const hasPort = /:\d+$/.test(text)
  const { host, port } = parseAuthority(wildcard ? text.slice(2) : text, 1)
  return { text, host, wildcard, ...(hasPort ? { port } : {}) }
}
