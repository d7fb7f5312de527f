/** Snapshots as plain values, for tests of what stands on one and not of how it is loaded. */
import { X509Certificate } from 'node:crypto'
import { findSuite } from '../../src/policy/catalogue/catalogue.ts'
import { signaturesFor, usualSignatures } from '../../src/policy/catalogue/choose-signatures.ts'
import { writeGroups } from '../../src/policy/catalogue/groups.ts'
import { newestProfile, profiles } from '../../src/policy/catalogue/profiles.ts'
import type { ExceptionRecord, Policy, Rule, TlsOffer } from '../../src/policy/policy.ts'
import type { Settings } from '../../src/settings/settings.ts'
import type { Identity, Secrets, Snapshot } from '../../src/settings/snapshot.ts'
import { makeIntermediatePool } from '../../src/truststore/intermediate-pool.ts'
import type { TrustSet } from '../../src/truststore/trust-set.ts'
import { makePolicy, makeRule } from './policies.ts'

export interface SnapshotWish {
  readonly rules?: Rule[]
  /** The rule for every destination that no rule names; strict, trusting every set given, offering the default set. */
  readonly unlisted?: Partial<Rule>
  readonly trust?: readonly TrustSet[]
  /** Certificates in the pool of intermediates. */
  readonly intermediates?: readonly { readonly certificate: string }[]
  readonly identities?: readonly Identity[]
  readonly secrets?: Secrets
  readonly exceptions?: readonly ExceptionRecord[]
  /** Loopback is allowed, because the backends of tests live there. */
  readonly addresses?: Policy['addresses']
  readonly timeouts?: Partial<Settings['timeouts']>
  readonly limits?: Partial<Settings['limits']>
  readonly settings?: Partial<Settings>
}

/** Makes a snapshot; what is not said is at a value that suits tests. */
export function makeSnapshot(wish: SnapshotWish = {}): Snapshot {
  const trust = wish.trust ?? []
  const trustStores = trust.map((set) => set.name)
  const unlisted = makeRule({ trustStores, tls: makeOffer(), ...wish.unlisted })
  const policy: Policy = {
    ...makePolicy({ rules: wish.rules ?? [], unlisted }),
    addresses: wish.addresses ?? { deny: ['default'], allow: ['127.0.0.0/8', '::1/128'] },
    exceptions: wish.exceptions ?? [],
  }
  return {
    generation: 1,
    version: 1,
    policySha256: '0'.repeat(64),
    settings: makeSettings(wish),
    policy,
    trust: Object.fromEntries(trust.map((set) => [set.name, set])),
    intermediates: makeIntermediatePool(
      (wish.intermediates ?? []).map((each) => new X509Certificate(each.certificate)),
    ),
    ...(wish.secrets === undefined ? {} : { secrets: wish.secrets }),
    identities: Object.fromEntries((wish.identities ?? []).map((identity) => [identity.name, identity])),
  }
}

export interface OfferWish extends Partial<Omit<TlsOffer, 'configuration' | 'profile' | 'openssl' | 'groups'>> {
  readonly groups?: readonly string[]
}

/** Makes an offer of these protocols, suites (IANA names) and groups; the newest default set for what is left out. */
export function makeOffer(wish: OfferWish = {}): TlsOffer {
  const usual = profiles[newestProfile]
  const { protocols = usual.protocols, ciphers = usual.ciphers, groups = usual.groups } = wish
  const suites = ciphers.flatMap((name) => findSuite(name) ?? [])
  const isTls13 = (suite: (typeof suites)[number]) => suite.protocols.includes('TLSv1.3')
  const { postQuantum = 'compatible', securityLevel = 2 } = wish
  return {
    configuration: 'custom',
    protocols,
    ciphers,
    openssl: {
      legacy: suites.filter((suite) => !isTls13(suite)).map((suite) => suite.openssl),
      tls13: suites.filter(isTls13).map((suite) => suite.openssl),
    },
    groups: writeGroups(groups, postQuantum),
    postQuantum,
    signatureAlgorithms: signaturesFor(
      protocols,
      wish.signatureAlgorithms ?? usualSignatures(usual.signatureAlgorithms, securityLevel),
    ).map(({ name }) => name),
    securityLevel,
    unsafeRenegotiation: wish.unsafeRenegotiation ?? false,
    minDhBits: wish.minDhBits ?? 2048,
  }
}

function makeSettings({ timeouts, limits, settings }: SnapshotWish): Settings {
  const nowhere = { host: '127.0.0.1', port: 0 }
  return {
    proxy: { listen: [nowhere] },
    socks: { listen: [], users: 'none' },
    admin: { listen: nowhere, identity: 'none', allow: ['any'], hosts: ['own'] },
    health: { listen: nowhere },
    policy: '/nonexistent/policy.yaml',
    truststores: '/nonexistent/truststores',
    identities: '/nonexistent/identities',
    crls: '/nonexistent/crls',
    state: '/nonexistent/state',
    upstreamCredentials: 'none',
    workers: 1,
    services: [],
    openTunnels: 'drain',
    refusalMessage: '',
    limits: { callers: 100, tunnels: 100, headBytes: 65_536, backendConnections: 10, ...limits },
    timeouts: {
      dnsMs: 2000,
      connectMs: 2000,
      handshakeMs: 2000,
      headMs: 30_000,
      firstByteMs: 60_000,
      idleMs: 3_600_000,
      drainMs: 1000,
      pooledMs: 60_000,
      verdictMs: 60_000,
      ...timeouts,
    },
    log: { format: 'json', level: 'info' },
    ...settings,
  }
}
