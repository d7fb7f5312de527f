/**
 * The settings document as operators write it: every key and one sentence about it. Strict as the policy is, and every
 * key may be left out: what is missing comes from setting-table.ts, after flags and environment have had their say.
 */

import * as z from 'zod'
import { parseCidr } from '../policy/address/ip-address.ts'
import { durationSchema } from '../policy/document/duration.ts'
import { parseListenAddress } from './listen-address.ts'
import { servicesSchema } from './service-schema.ts'
import { count, deadline } from './setting-fields.ts'
import { settingPaths, settingTraits } from './setting-table.ts'

const address = z.string().transform((text, context) => {
  const parsed = parseListenAddress(text)
  if (!('fault' in parsed)) return parsed
  context.addIssue({ code: 'custom', message: parsed.fault })
  return z.NEVER
})

const path = z
  .string()
  .regex(/\S/, 'expected the name of a file or folder')
  .refine((text) => !text.includes('\0'), 'expected a name without NUL')
const sources = z
  .string()
  .refine(
    (text) => text === 'any' || parseCidr(text) !== undefined,
    'expected any, an address or a range such as 10.0.0.0/8',
  )

/** The whole document: `apiVersion: vedette/v1`, `kind: Settings`. */
export const settingsSchema = z
  .strictObject({
    apiVersion: z.literal('vedette/v1'),
    kind: z.literal('Settings'),
    proxy: z.strictObject({ listen: z.array(address).min(1).describe('Where the forward proxy listens.') }).partial(),
    socks: z
      .strictObject({
        listen: z
          .array(z.union([z.literal('none'), address]))
          .min(1)
          .describe('Where the forward proxy takes callers by SOCKS5; none is nowhere.'),
        users: path.describe('The file of who may come in by SOCKS5, a user:password on each line; none asks nobody.'),
      })
      .partial(),
    admin: z
      .strictObject({
        listen: address.describe('Where the System Manager and the API listen.'),
        identity: path.describe('The key pair under identities/ to serve them over TLS with; none is plain HTTP.'),
        allow: z.array(sources).min(1).describe('Who may come to them: addresses and ranges, or any.'),
        hosts: z.array(path).min(1).describe('The names they are called by in a browser; own is their address itself.'),
      })
      .partial(),
    health: z
      .strictObject({ listen: address.describe('Where /livez /readyz /startupz /healthz and /metrics are served.') })
      .partial(),
    policy: path.describe('The policy file.'),
    truststores: path.describe('The folder of trust stores, one folder each.'),
    identities: path.describe('The folder of our own key pairs, one folder each.'),
    crls: path.describe('The folder of revocation lists, PEM or DER; it need not be there.'),
    state: path.describe('The folder for the history and the control socket; made when it is missing.'),
    upstreamCredentials: path.describe(
      'The file of who we are to upstream proxies (via of a policy), host:port user:password on each line.',
    ),
    workers: z
      .union([z.literal('auto'), z.int().min(1).max(64)])
      .describe('Worker processes; auto is one for each processor, at least 2 and at most 4.'),
    openTunnels: z
      .enum(['drain', 'cut'])
      .describe(
        'What a change, or a revocation that becomes known, does to open tunnels and requests it would refuse: drain lets them go on, cut ends them.',
      ),
    refusalMessage: z
      .string()
      .max(500)
      .regex(/^\P{Cc}+$/u, 'expected a text without line breaks and control characters')
      .describe('What every refusal of the proxy says beside its reason, such as whom to ask; none says nothing.'),
    services: servicesSchema.describe('Fixed forwards: accept here, connect there.'),
    limits: z
      .strictObject({
        callers: count.describe('Caller connections, per worker.'),
        tunnels: count.describe('Open tunnels, per worker.'),
        headBytes: z.int().min(1024).max(1_048_576).describe('Longest head of a request or an answer.'),
        backendConnections: count.describe('Open connections to one destination, per worker.'),
      })
      .partial(),
    timeouts: z
      .strictObject({
        dns: deadline.describe('To resolve a name.'),
        connect: deadline.describe('For a backend to accept the connection.'),
        handshake: deadline.describe('For the TLS handshake.'),
        head: deadline.describe('For a caller to send the head of a request.'),
        firstByte: deadline.describe('For a backend to begin its answer.'),
        idle: deadline.describe('Without a byte in either direction.'),
        drain: durationSchema.describe('For what is under way when a generation or the instance ends.'),
        pooled: durationSchema.describe('How long an idle backend connection is kept; 0s keeps none.'),
        verdict: durationSchema.describe('How long the verdict of the handshake before a CONNECT holds.'),
      })
      .partial(),
    log: z
      .strictObject({
        format: z.enum(['json', 'ecs', 'pretty']),
        level: z.enum(['debug', 'info', 'warn', 'error']),
      })
      .partial(),
  })
  .partial()

export type SettingsDocument = z.output<typeof settingsSchema>

/** Gives the JSON Schema of vedette.yaml with its defaults, for editors; a test holds the shipped file to it. */
export function settingsJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' })
  for (const path of settingPaths) {
    const node = path
      .split('.')
      .reduce<SchemaNode | undefined>((at, step) => at?.properties?.[step], schema as SchemaNode)
    if (node !== undefined) node.default = settingTraits(path).fallback
  }
  return { ...schema, title: 'Vedette: settings' }
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>
  default?: unknown
}
