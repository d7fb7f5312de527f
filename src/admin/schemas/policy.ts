/** The policy, its versions, and changes that can be followed. */
import * as z from 'zod'
import { backendTrial } from './backend-trial.ts'
import { columns, knownCatalogue } from './catalogue.ts'
import { comment, destinationText, pageOf, place, problem, sha256, timeMs } from './parts.ts'

/** All that is known of a version but its text. */
export const versionHead = z.object({
  number: z.int(),
  sha256: z.string(),
  author: z.string(),
  timeMs,
  comment: z.string(),
  source: z.enum(['page', 'api', 'cli', 'file', 'signal', 'rollback', 'revert']),
  parent: z.int().nullable(),
})
export const version = versionHead.extend({ text: z.string() })
const listedVersion = versionHead.extend({
  undoneBy: z
    .int()
    .nullable()
    .describe('The rollback or revert that took it away; null where it stands, or was replaced.'),
})
export const versionPage = pageOf(listedVersion).extend({ active: z.int().nullable() })

/** A candidate that never became a version, and everything that was wrong with it; its text is not kept. */
export const rejection = versionHead
  .pick({ number: true, sha256: true, author: true, timeMs: true, source: true })
  .extend({
    number: z.int().describe('Counts rejections; no version has it.'),
    problems: z.array(z.string()),
  })
export const rejectionPage = pageOf(rejection)

/** A version that goes by itself unless it is confirmed. */
export const pending = z.object({ version: z.int(), deadlineMs: timeMs, revertTo: z.int() })

/** A policy document as JSON: `apiVersion`, `kind`, `metadata`, `spec`. */
export const document = z.record(z.string(), z.unknown())

/** What one rule offers in its ClientHello. */
export const offer = z.object({
  source: z.string(),
  protocols: z.array(z.string()),
  suites: z.array(
    z.object({
      iana: z.string(),
      openssl: z.string(),
      protocols: z.array(z.string()),
      forwardSecrecy: z.boolean(),
      weaknesses: z.array(z.string()),
    }),
  ),
  groups: z.array(z.string()),
  keyShares: z.array(z.string()),
  postQuantum: z.enum(['off', 'compatible', 'prefer']),
  securityLevel: z.int(),
  remarks: z.array(z.string()).describe('Of the sentences, what stands in none of the lists.'),
  sentences: z.array(z.string()),
})

/** The version in force. Its ETag is what If-Match has to name in a change. */
export const policy = z.object({
  version: versionHead,
  text: z.string(),
  document: document.describe('The text as JSON, with defaults filled in.'),
  etag: z.string(),
  name: z.string(),
  file: z.string(),
  warnings: z.array(place),
  pending: pending.nullable(),
  offer: offer.describe('What a destination that no rule names is offered.'),
  columns: columns.describe('What spec.tls selects, and what else it could.'),
})

/** A text to be looked at; nothing is changed. */
const against = z.int().min(1).optional().describe('The version to compare with; left out, the one in force.')
export const checkRequest = z.strictObject({ text: z.string().max(1_000_000), against })
export const check = z.object({
  valid: z.boolean(),
  problems: z.array(place),
  document: document.nullable().describe('With defaults filled in; null where the text makes no document.'),
  offer: offer.nullable(),
  columns: columns.nullable().describe('Of spec.tls; null where nothing could be offered.'),
  sentences: z.array(z.string()).describe('How it differs from the version it is compared with, in sentences.'),
  diff: z.string().describe('The same as a unified diff; empty when nothing differs.'),
})

/** Changes values of a policy text; comments and order stay. */
export const editRequest = z.strictObject({
  text: z.string().max(1_000_000),
  against,
  edits: z
    .array(
      z.strictObject({
        path: z.array(z.union([z.string(), z.int()])).min(1),
        value: z.unknown().optional().describe('Left out: the key is taken away.'),
      }),
    )
    .min(1)
    .max(200),
})
export const edited = check.extend({ text: z.string() })

/** What becomes of connections that began under the version before. */
export const connectionsChoice = z
  .enum(['drain', 'cut'])
  .default('drain')
  .describe('drain lets them finish until timeouts.drain; cut ends at the swap those that the new version refuses.')

/** A change that goes by itself again, unless somebody keeps it. */
export const probation = {
  confirmWithinMs: z
    .int()
    .min(1000)
    .max(7 * 86_400_000)
    .optional()
    .describe('Reverts by itself unless confirmed.'),
  revertOnRefusals: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('While unconfirmed: reverts when more than this share of at least 20 requests is refused.'),
}

export const applyRequest = z.strictObject({
  text: z.string().max(1_000_000),
  comment,
  connections: connectionsChoice,
  ...probation,
})
export const rollbackRequest = z.strictObject({
  version: z.int().min(1).optional().describe('Left out: what a rollback finds by itself (docs/operations.md).'),
  comment,
  connections: connectionsChoice,
  ...probation,
})
export const confirmed = z.object({ version: z.int() })

export const diffQuery = z.strictObject({ against: z.coerce.number().int().min(1) })
export const versionDiff = z.object({
  from: z.int(),
  to: z.int(),
  diff: z.string(),
  sentences: z.array(z.string()),
})

/** How far a change has come; the order is that of the pipeline. */
export const stage = z.enum([
  'tried-out',
  'rehearsed',
  'validated',
  'provisioned',
  'tests-passed',
  'started',
  'swapped',
  'draining',
])
export const progress = z.object({ stage, message: z.string(), elapsedMs: z.number() })

/** What a change has brought. */
export const applied = z.object({
  version: z.int(),
  generation: z.int(),
  unchanged: z.boolean(),
  warnings: z.array(place),
  pending: z.object({ deadlineMs: timeMs, revertTo: z.int() }).optional(),
  backTo: z.int().optional(),
  elapsedMs: z.number(),
})

/** Something that takes a while: asked for with POST or PUT, followed here or on the event stream. */
export const operation = z.object({
  id: z.string(),
  kind: z.enum(['apply', 'rollback', 'reload', 'restart', 'rehearse', 'truststore', 'exception', 'try-out', 'restore']),
  state: z.enum(['running', 'done', 'failed']),
  actor: z.string(),
  startedMs: timeMs,
  endedMs: timeMs.nullable(),
  progress: z.array(progress),
  applied: applied.nullable().describe('Once a change is done.'),
  rehearsal: z.lazy(() => rehearsal).nullable(),
  trial: backendTrial.nullable().describe('Once a backend is tried out.'),
  problem: problem.nullable().describe('Once it has failed.'),
})

/** A candidate is tried against every backend known, before anybody depends on it. */
export const rehearseRequest = z.strictObject({ text: z.string().max(1_000_000) })
const trial = z.object({
  outcome: z.enum(['trusted', 'allowed', 'refused', 'denied', 'unreachable']),
  rule: z.string(),
  why: z.string(),
  findings: z.array(z.object({ name: z.string(), detail: z.string() })),
})
const rehearsalChange = z.enum([
  'breaks',
  'no-longer-trusted',
  'newly-allowed',
  'newly-trusted',
  'unreachable',
  'unchanged',
])
export const rehearsal = z.object({
  backends: z
    .array(
      z.object({
        backend: z.string(),
        configured: z.boolean(),
        now: trial.nullable(),
        after: trial,
        change: rehearsalChange,
      }),
    )
    .describe('The gravest change first.'),
  counts: z.record(rehearsalChange, z.int()),
  notTried: z.array(z.string()),
  against: z.int().nullable(),
  warnings: z.array(place),
  elapsedMs: z.number(),
})

/** One entry of the policy's exceptions, with what the day makes of it. */
export const exception = z.object({
  index: z.int(),
  backend: z.string(),
  findings: z.array(z.string()),
  spkiSha256: z.string().nullable(),
  until: z.string(),
  owner: z.string(),
  reason: z.string(),
  isOver: z.boolean(),
})
export const exceptions = z.object({ items: z.array(exception), etag: z.string() })
export const newException = z.strictObject({
  backend: destinationText,
  findings: z.array(z.string()).min(1),
  spkiSha256: z.string().optional(),
  until: z.iso.date(),
  owner: z.string().min(1).max(200),
  reason: z.string().min(1).max(500),
})

/** Everything a custom configuration may name. */
export const catalogue = z.object({
  runtime: z.object({ node: z.string(), openssl: z.string() }),
  newestProfile: z.string(),
  profiles: z.array(
    z.object({
      name: z.string(),
      says: z.string(),
      protocols: z.array(z.string()),
      ciphers: z.array(z.string()),
      groups: z.array(z.string()),
      signatureAlgorithms: z.array(z.string()),
    }),
  ),
  protocols: z.array(
    z.object({
      name: z.string(),
      inDefault: z.boolean(),
      available: z.boolean(),
      remark: z.string().describe('Why one should not want it, or why it is not there; empty for a good one.'),
    }),
  ),
  suites: z.array(
    z.object({
      iana: z.string(),
      openssl: z.string(),
      java: z.array(z.string()),
      gnutls: z.string(),
      protocols: z.array(z.string()),
      forwardSecrecy: z.boolean(),
      inDefault: z.boolean(),
      weaknesses: z.array(z.string()),
      needs: z.string().nullable().describe('What a handshake with it needs and no rule can give.'),
    }),
  ),
  groups: z.array(
    z.object({
      name: z.string(),
      aliases: z.array(z.string()),
      protocols: z.array(z.string()),
      inDefault: z.boolean(),
      postQuantum: z.boolean(),
    }),
  ),
  known: knownCatalogue.describe('The same and everything that is gone, under every name.'),
  columns: columns.describe('Of the newest default set: what Reset to Default draws.'),
  flags: z.record(z.string(), z.string()).describe('What the flags of a ClientHello mean.'),
  findings: z.array(z.string()),
  weaknesses: z.record(z.string(), z.object({ called: z.string(), reason: z.string() })),
})

/** Names a version by its hash in If-Match. */
export const hash = sha256
