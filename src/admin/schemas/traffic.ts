/** Backends and what was seen of them, single destinations, connections, failures, events. */
import * as z from 'zod'
import { clientHello, columns } from './catalogue.ts'
import { destinationText, pageOf, timeMs } from './parts.ts'
import { offer } from './policy.ts'
import { anchor } from './trust.ts'

export const finding = z.object({ name: z.string(), detail: z.string() })
const outcome = z.enum(['trusted', 'allowed', 'refused'])

/** A backend that the configuration names or that traffic has met. */
export const backend = z.object({
  backend: z.string().describe('host:port'),
  configured: z.boolean().describe('A rule, test, exception, switch of health checks or service names it.'),
  rule: z.string(),
  outcome: z.enum(['trusted', 'allowed', 'refused', 'unknown']),
  findings: z.array(z.string()),
  protocol: z.string(),
  cipher: z.string(),
  group: z.string(),
  spkiSha256: z.string(),
  subject: z.string(),
  notAfterMs: timeMs.nullable(),
  firstMs: timeMs.nullable(),
  lastMs: timeMs.nullable(),
  count: z.int(),
  checkEveryMs: z.int().nullable().describe('How often it is checked by itself; null where it is left alone.'),
  health: z
    .object({
      ok: z.boolean(),
      checkedMs: timeMs,
      detail: z.string(),
      sni: z
        .enum(['needs-sni', 'dislikes-sni'])
        .nullable()
        .describe('The handshake comes off only the other way about SNI.'),
    })
    .nullable()
    .describe('The last health check; null where it is left alone, or none was made yet.'),
})
export const backendPage = pageOf(backend)

/** One different sight of a backend, with the chain it showed, its own certificate first. */
const sight = z.object({
  outcome,
  findings: z.array(finding),
  because: z.array(z.string()),
  wouldRefuse: z.boolean(),
  rule: z.string(),
  version: z.int(),
  address: z.string(),
  serverName: z.string().describe('The name that was sent (SNI); empty when none was.'),
  protocol: z.string(),
  cipher: z.string(),
  group: z.string(),
  stapled: z.boolean(),
  firstMs: timeMs,
  lastMs: timeMs,
  count: z.int(),
  presented: z.int().describe('How many certificates were shown; of a long chain not all are kept.'),
  chain: z.array(anchor.omit({ files: true }).extend({ pem: z.string() })),
})
export const backendDetail = backend.extend({ sightings: z.array(sight).describe('The newest first.') })

/** One entry of the ledger: a backend, what was found, whose key it showed. */
export const sighting = z.object({
  id: z.string(),
  backend: z.string(),
  findings: z.array(z.string()),
  spkiSha256: z.string(),
  outcome,
  version: z.int(),
  firstMs: timeMs,
  lastMs: timeMs,
  count: z.int(),
})
export const sightingPage = pageOf(sighting)

export const destinationRequest = z.strictObject({
  destination: destinationText,
  text: z.string().max(1_000_000).optional().describe('A candidate instead of the version in force.'),
})

export const probeRequest = destinationRequest.extend({
  sni: z.boolean().optional().describe('Sends the name or sends none, whatever the rule says.'),
})

/** One verifying handshake, made now. */
export const probe = z.object({
  destination: z.string(),
  allowed: z.boolean(),
  rule: z.string(),
  verdict: z
    .object({
      outcome,
      findings: z.array(finding),
      because: z.array(z.string()),
      wouldRefuse: z.boolean(),
    })
    .nullable(),
  tls: z
    .object({
      protocol: z.string(),
      cipher: z.string(),
      group: z.string(),
      resumed: z.boolean(),
      spkiSha256: z.string(),
    })
    .nullable(),
  address: z.string(),
  ms: z.object({ dns: z.number(), connect: z.number(), tls: z.number() }).nullable(),
  failure: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
})

/** What the policy holds for a destination, without dialling it. */
export const explanation = z.object({
  destination: z.string(),
  allowed: z.boolean(),
  reason: z.string(),
  rule: z.string(),
  matchedBy: z.string().nullable(),
  passedOver: z.array(z.object({ rule: z.string(), why: z.string() })),
  strict: z.boolean(),
  enforcement: z.enum(['enforce', 'report']),
  trustStores: z.array(z.object({ name: z.string(), certificates: z.int() })),
  serverName: z.string(),
  nameToVerify: z.string(),
  refusedFor: z.array(z.string()).describe('The findings of which each alone refuses; empty where nothing does.'),
  offer,
  clientHello: z
    .object({ originate: clientHello, verify: clientHello })
    .describe('As it leaves for a request of our own, and for the handshake before a tunnel.'),
  columns: columns.describe('What the rule selects, and what else it could.'),
  deniedAddress: z.string().nullable(),
  sentences: z.array(z.string()),
})

/** One request or tunnel that is over, as its log line tells it. */
export const connection = z.object({
  id: z.string(),
  timeMs,
  caller: z.string(),
  entrance: z.string(),
  kind: z.string(),
  method: z.string(),
  host: z.string(),
  port: z.int(),
  address: z.string(),
  rule: z.string(),
  version: z.int(),
  decision: z.enum(['allow', 'allow-untrusted', 'deny', 'error']),
  verdict: z.enum(['', 'trusted', 'allowed', 'refused']),
  findings: z.array(finding),
  because: z.array(z.string()),
  wouldRefuse: z.boolean(),
  error: z.string(),
  message: z.string(),
  status: z.int(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  protocol: z.string(),
  cipher: z.string(),
  group: z.string(),
  sni: z.string(),
  resumed: z.boolean(),
  reused: z.boolean(),
  ms: z.object({
    dns: z.number().nullable(),
    connect: z.number().nullable(),
    tls: z.number().nullable(),
    firstByte: z.number().nullable(),
    total: z.number(),
  }),
})
export const connectionQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
  filter: z
    .string()
    .max(500)
    .optional()
    .describe('Words with AND between them: decision:deny host:*.corp.example reason:expired since:1h rule:mail text'),
})
export const connectionPage = pageOf(connection).extend({
  skipped: z.int().describe('How many more there were than were kept, since the instance started.'),
})

/** Failures of one backend for one reason, counted together. */
export const failure = z.object({
  id: z.string(),
  backend: z.string(),
  reason: z.string().describe('A finding, or an error code.'),
  spkiSha256: z.string(),
  sentence: z.string().describe('The message of the newest one, in the words of its log line.'),
  rule: z.string(),
  firstMs: timeMs,
  lastMs: timeMs,
  count: z.int(),
  state: z.enum(['open', 'acknowledged', 'muted']),
  mutedUntilMs: timeMs.nullable(),
  by: z.string(),
})
export const failurePage = pageOf(failure)
export const failureChange = z.strictObject({
  state: z.enum(['open', 'acknowledged', 'muted']),
  mutedUntilMs: timeMs.optional().describe('For muted; a day from now when left out.'),
})

/** One event of the instance, as its log line tells it. */
export const event = z.object({
  number: z.int(),
  timeMs,
  name: z.string(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
})
export const eventPage = pageOf(event)

/** How long one phase of reaching backends took, as far as the buckets of the metric tell. */
const phaseLatency = z
  .object({ count: z.int(), p50Ms: z.number(), p95Ms: z.number() })
  .nullable()
  .describe('Null where it did not happen.')

/** Sums of the metrics that the overview draws, taken every ten seconds for an hour. */
export const summaryPoint = z.object({
  timeMs,
  version: z.int(),
  decisions: z.record(z.string(), z.number()).describe('By decision: how many since the point before.'),
  latency: z
    .object({ dns: phaseLatency, connect: phaseLatency, tls: phaseLatency, firstByte: phaseLatency })
    .describe('How long it took to reach backends since the point before, median and 95th percentile.'),
})
export const summary = z.object({
  points: z.array(summaryPoint),
  reasons: z.record(z.string(), z.number()).describe('By reason, since the instance started.'),
  handshakes: z.object({
    protocol: z.record(z.string(), z.number()),
    cipher: z.record(z.string(), z.number()),
    group: z.record(z.string(), z.number()),
  }),
})
