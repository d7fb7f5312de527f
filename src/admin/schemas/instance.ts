/** The instance itself: what runs, how it is, what it was told, and the stream of what happens. */
import * as z from 'zod'
import { timeMs } from './parts.ts'
import { operation, pending, versionHead } from './policy.ts'
import { connection, event, failure } from './traffic.ts'

const load = z.object({ callers: z.int(), requests: z.int(), tunnels: z.int() })
const address = z.object({ host: z.string(), port: z.int() })

export const generation = z.object({
  number: z.int(),
  version: z.int(),
  state: z.enum(['preparing', 'live', 'draining']),
  workers: z.array(z.object({ pid: z.int(), state: z.string(), load })),
})

/** What `vedette status` shows. */
export const status = z.object({
  version: versionHead.nullable(),
  policy: z.object({
    name: z.string(),
    file: z.string(),
    sha256: z.string(),
    writeFault: z.string().describe('Why the policy file cannot be written, such as EROFS; empty when it can.'),
  }),
  generation: z.int(),
  state: z.enum(['running', 'draining']),
  startedMs: timeMs,
  listen: z.object({
    proxy: z.array(address),
    services: z.array(address.extend({ entrance: z.string() })),
    health: address,
    admin: address,
  }),
  load,
  generations: z.array(generation),
  rejected: z
    .object({ of: z.enum(['settings', 'policy']), trigger: z.string(), message: z.string(), timeMs })
    .nullable(),
  alarms: z.array(z.string()),
  restartNeeded: z.array(z.string()),
  lastRejection: z
    .object({
      timeMs,
      source: z.string(),
      author: z.string(),
      sha256: z.string(),
      problems: z.array(z.string()),
    })
    .nullable(),
  pending: pending.nullable(),
  exceptions: z
    .array(
      z.object({
        backend: z.string(),
        findings: z.array(z.string()),
        until: z.string(),
        owner: z.string(),
        reason: z.string(),
        state: z.string(),
        daysLeft: z.int(),
      }),
    )
    .describe('Exceptions that end soon or are over.'),
  intolerant: z
    .array(z.object({ authority: z.string(), untilMs: timeMs }))
    .describe('Backends that get no post-quantum groups until then: handshakes with them broke twice.'),
  backendHealth: z.object({
    checked: z.int(),
    failing: z.array(z.object({ backend: z.string(), detail: z.string(), checkedMs: timeMs })),
  }),
  product: z.object({ version: z.string(), node: z.string(), openssl: z.string() }),
})

/** For apps and load balancers: 200 when callers are served, 503 when not. */
export const health = z.object({
  status: z.enum(['ok', 'failing']),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
})

/** The settings in force, each with where it came from. */
export const settings = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      value: z.unknown(),
      from: z.enum(['flag', 'environment', 'file', 'default']),
      origin: z.string(),
    }),
  ),
  file: z.string().nullable(),
  restartNeeded: z.array(z.string()),
})

/** For whoever is to help: everything that is known of the instance but what lets somebody in. */
export const diagnostics = z.object({
  kind: z.literal('Diagnostics'),
  madeMs: timeMs,
  product: status.shape.product.extend({ platform: z.string(), arch: z.string() }),
  memory: z.record(z.string(), z.number()).describe('Of the control process, in bytes.'),
  status: z.record(z.string(), z.unknown()),
  health: health.shape.checks,
  settings: settings.shape.items,
  services: z.array(z.record(z.string(), z.unknown())),
  versions: z.array(z.record(z.string(), z.unknown())).describe('The newest, without their texts.'),
  rejections: z.array(z.record(z.string(), z.unknown())),
  events: z.array(z.record(z.string(), z.unknown())).describe('The newest first.'),
  failures: z.array(z.record(z.string(), z.unknown())),
  counters: z.record(z.string(), z.unknown()).describe('By metric, then by the values of its labels.'),
  trustStores: z.array(z.record(z.string(), z.unknown())),
})

/** The fixed forwards of the settings. */
export const services = z.object({ items: z.array(z.record(z.string(), z.unknown())) })

/** What the stream at /api/v1/stream carries: the name of the SSE event, and the shape of its data. */
export const streamEvents = {
  status,
  operation,
  event,
  connections: z.object({ items: z.array(connection), skipped: z.int() }),
  failures: z.object({ items: z.array(failure) }),
  /** The session has ended: nothing more will come. */
  'signed-out': z.object({}),
} as const
