/**
 * The policy document as operators write it: every key, its default, and one sentence about it that editors show
 * through the JSON Schema. Strict all through: an unknown key is an error, because a mistyped one would mean nothing,
 * silently. What one value means alone is judged here; what values mean together is judged in compile-policy.ts.
 */
import * as z from 'zod'
import { profileNames } from '../catalogue/profiles.ts'
import { findingNames, grades, revocationSources, tunnelWatches } from '../policy.ts'
import { callersField } from './caller-fields.ts'
import { durationSchema } from './duration.ts'
import {
  authorityField,
  certificateNameField,
  cidrField,
  deniedField,
  groupField,
  nameField,
  patternField,
  protocolField,
  sentenceField,
  serverNameField,
  signatureField,
  spkiField,
  suiteField,
  untilField,
  viaField,
} from './fields.ts'

const enforcement = z
  .enum(['enforce', 'report'])
  .describe('enforce refuses; report logs what would be refused and refuses nothing.')

const strictTls = {
  enabled: z.boolean().describe('Chain and host name of every backend are verified.'),
  enforcement,
  defaultTrustStore: nameField.describe(
    'bundled (Mozilla, comes with Node), system, the name of a folder under truststores/, or none.',
  ),
  customTrustStores: z.array(nameField).describe('Folders under truststores/, trusted beside the default store.'),
  grade: z
    .enum(grades)
    .describe('webpki holds certificates to what public authorities keep; rfc5280 to the form of RFC 5280 as well.'),
  allowUntrusted: z
    .boolean()
    .describe('Allow and log servers whose issuer is not trusted. A wrong name is never forgiven.'),
  chainRepair: z
    .enum(['off', 'pool', 'aia'])
    .describe(
      'Where intermediates come from that a backend did not send: nowhere; truststores/intermediates; also where its certificate says.',
    ),
}

const tls = {
  configuration: z
    .enum(['default', 'custom'])
    .describe('default follows a named set that is kept up to date; custom takes the lists given here.'),
  profile: z.enum(profileNames).describe('default: the set to follow; the newest when left out.'),
  protocols: z.array(protocolField).min(1).describe('custom: the protocols offered.'),
  ciphers: z
    .array(suiteField)
    .min(1)
    .describe('custom: suites in order of preference, under their IANA, OpenSSL or Java names.'),
  groups: z.array(groupField).min(1).describe('custom: key exchange groups in order of preference.'),
  signatureAlgorithms: z
    .array(signatureField)
    .min(1)
    .describe('custom: how a backend may sign its handshake, in order of preference.'),
  postQuantum: z
    .enum(['off', 'compatible', 'prefer'])
    .describe('off; compatible offers X25519MLKEM768 without a key share; prefer brings the share, a 1.6 kB hello.'),
}

const legacy = z
  .strictObject({
    securityLevel: z
      .literal([0, 1])
      .describe('Lowers the least strength of keys and signatures; TLS 1.0 and 1.1 need level 0.'),
    unsafeRenegotiation: z
      .boolean()
      .describe('Takes a backend without secure renegotiation (RFC 5746); renegotiation itself stays refused.'),
    minDhBits: z
      .int()
      .min(1024)
      .max(2047)
      .describe('Takes smaller Diffie-Hellman groups than 2048 bits; needs security level 1 or 0.'),
  })
  .partial()
  .describe('Takes back safety for an old backend: only in a rule, so that it stays with that backend.')

const revocation = {
  mode: z
    .enum(['off', 'soft', 'hard'])
    .describe('off asks nobody; soft refuses what is revoked; hard also what nobody can say.'),
  sources: z
    .array(z.enum(revocationSources))
    .min(1)
    .describe('stapled: what the backend brings along; crl: lists; ocsp: responders, which learn who is visited.'),
}

const aboutRevocation = 'Whether a revoked certificate is found out, and from what.'

const pins = z
  .strictObject({
    mode: z
      .enum(['add', 'instead'])
      .default('add')
      .describe('add: chain and name must hold as well; instead: the pinned key alone decides.'),
    spkiSha256: z.array(spkiField).min(1).describe('SHA-256 of the public key, base64; name a spare one too.'),
  })
  .describe('Public keys, one of which the backend must show.')

const tunnels = z
  .enum(tunnelWatches)
  .describe('inspect reads the handshake of a caller in a tunnel; verify-only makes ours alone; blind makes none.')

const via = viaField.describe(
  'The proxy to go through: http://host:port (CONNECT) or socks5://host:port, which resolves the names; direct, when left out, is none.',
)

const every = durationSchema.refine((ms) => ms >= 5000, 'expected 5s or longer')

const healthCheck = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false leaves its backends alone and keeps what is said here.'),
    every: every.optional().describe('How often each backend is probed; what the policy says when left out.'),
  })
  .describe('Probes the backends of the rule, or leaves them alone, whatever the policy says for all.')

const healthChecks = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'Probes backends by handshakes without a request. Off, because nothing is dialled that nobody asked for.',
      ),
    every: every.prefault('1m').describe('How often each backend is probed.'),
    seen: z
      .boolean()
      .default(true)
      .describe('Also backends that traffic met in the last seven days, not only those that are named.'),
    backends: z
      .array(
        z.strictObject({
          backend: authorityField.describe('host:port'),
          enabled: z.boolean().describe('Whether it is probed, whatever its rule and the policy say.'),
        }),
      )
      .default([])
      .describe('The switches of single backends.'),
  })
  .describe('Which backends are looked after by themselves. It is never part of readiness.')

const rule = z.strictObject({
  name: nameField.describe('How logs, metrics and refusals call this rule.'),
  match: z
    .array(patternField)
    .min(1)
    .describe('Hosts: mail.example.org, or *.example.org for one or more labels in front; :port may follow.'),
  callers: callersField
    .describe(
      'Only callers that a service knows by one of these names of their certificate; others pass the rule over.',
    )
    .optional(),
  action: z.enum(['allow', 'deny']).default('allow'),
  enforcement: enforcement.optional(),
  strictTls: z.strictObject(strictTls).partial().optional(),
  trustStores: z.array(nameField).describe('Trust only these stores.').optional(),
  verifyName: certificateNameField.describe('The name the certificate must carry instead of the asked one.').optional(),
  sni: z
    .union([z.boolean(), serverNameField])
    .describe('false sends no server name; a name sends that one.')
    .optional(),
  tls: z
    .strictObject({ ...tls, legacy })
    .partial()
    .optional(),
  pins: pins.optional(),
  clientCertificate: nameField.describe('The key pair under identities/ to show when the backend asks.').optional(),
  plaintext: z.boolean().default(false).describe('http:// leaves unencrypted, and a tunnel may carry anything.'),
  tunnels: tunnels.optional(),
  tlsPort: z.int().min(1).max(65_535).default(443).describe('Where http:// without a port is lifted to.'),
  fixUps: z.boolean().default(false).describe('Rewrites Location, Secure cookies and HSTS for a plain-HTTP caller.'),
  starttls: z
    .enum(['must', 'may'])
    .default('must')
    .describe('Services: must refuses a backend that does not offer STARTTLS; may goes on in plain text, and logs it.'),
  revocation: z.strictObject(revocation).partial().describe(aboutRevocation).optional(),
  via: via.optional(),
  healthCheck: healthCheck.optional(),
})

const exception = z
  .strictObject({
    backend: authorityField.describe('host:port'),
    findings: z.array(z.enum(findingNames)).min(1),
    spkiSha256: spkiField.describe('Only while the backend shows this public key.').optional(),
    until: untilField.describe('The last day it holds, to its end in UTC.'),
    owner: sentenceField.describe('Who answers for it.'),
    reason: sentenceField.describe('Why it is needed.'),
  })
  .describe('A record that forgives findings of one backend until a day.')

const policyTest = z.strictObject({
  destination: authorityField.describe('host:port'),
  expect: z.enum(['trusted', 'allowed', 'refused']),
})

const spec = z.strictObject({
  strictTls: z
    .strictObject({
      enabled: strictTls.enabled.default(true),
      enforcement: enforcement.default('enforce'),
      defaultTrustStore: strictTls.defaultTrustStore.default('bundled'),
      customTrustStores: strictTls.customTrustStores.default([]),
      grade: strictTls.grade.default('webpki'),
      allowUntrusted: strictTls.allowUntrusted.default(false),
      chainRepair: strictTls.chainRepair.default('pool'),
    })
    .prefault({}),
  sni: z.boolean().default(true).describe('Send the name of the backend in the handshake (SNI).'),
  tunnels: tunnels.default('inspect'),
  via: via.default('direct'),
  tls: z
    .strictObject(tls)
    .partial()
    .extend({ configuration: tls.configuration.default('default'), postQuantum: tls.postQuantum.default('compatible') })
    .prefault({}),
  revocation: z
    .strictObject({
      mode: revocation.mode.default('soft'),
      sources: revocation.sources.default(['stapled', 'crl']),
    })
    .describe(aboutRevocation)
    .prefault({}),
  healthCheck: healthChecks.prefault({}),
  destinations: z
    .strictObject({
      unlisted: z.enum(['allow', 'deny']).default('allow').describe('What no rule names.'),
      denyAddresses: z
        .union([z.literal('default'), z.array(deniedField)])
        .default('default')
        .describe('Addresses never dialled: default (loopback, link-local, metadata, …), private, or ranges.'),
      allowAddresses: z.array(cidrField).default([]).describe('Addresses dialled although denyAddresses has them.'),
    })
    .prefault({}),
  rules: z.array(rule).default([]).describe('The first one that matches holds; each may override what stands above.'),
  exceptions: z.array(exception).default([]),
  tests: z.array(policyTest).default([]).describe('Must hold before the version may be applied.'),
})

/** The whole document: `apiVersion: vedette/v1`, `kind: OutgoingTlsPolicy`. */
export const policySchema = z.strictObject({
  apiVersion: z.literal('vedette/v1'),
  kind: z.literal('OutgoingTlsPolicy'),
  metadata: z.strictObject({ name: nameField, comment: z.string().default('') }),
  spec,
})

/** Stands in for a faulty head, so that what is wrong below it is told as well. */
export const policyHead = { apiVersion: 'vedette/v1', kind: 'OutgoingTlsPolicy', metadata: { name: 'unnamed' } }

/** A document with defaults filled in and its small parts read, rules not yet resolved. */
export type PolicyDocument = z.output<typeof policySchema>
/** What stands under `spec`. */
export type Spec = PolicyDocument['spec']
/** One entry of `rules`. */
export type RuleEntry = Spec['rules'][number]
/** What a rule, or the policy, says about TLS. */
export type TlsEntry = NonNullable<RuleEntry['tls']>
/** What a rule says about strict TLS. */
export type StrictTlsEntry = NonNullable<RuleEntry['strictTls']>
