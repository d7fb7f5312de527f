/**
 * One entry of `services` as operators write it. What one value means alone is judged at the value, what several mean
 * together at the end, so that every fault has its place.
 */
import * as z from 'zod'
import { cidrField, nameField } from '../policy/document/fields.ts'
import { acceptField } from './accept-field.ts'
import { backendField } from './backend-field.ts'
import { starttlsProtocols } from './service.ts'
import { noteServiceTls, serviceTlsField } from './service-tls-schema.ts'
import { noteServiceTokens, serviceTokensField } from './service-tokens-schema.ts'
import { backendWebSocketField, noteWebSockets, serviceWebSocketField } from './service-web-socket-schema.ts'
import { count, deadline } from './setting-fields.ts'

const modeField = z
  .string()
  .regex(/^0?[0-7]{3}$/, 'expected the bits of the socket file in octal, such as "0660"')
  .transform((text) => Number.parseInt(text, 8))

const proxyProtocol = z
  .strictObject({
    in: z
      .enum(['v1', 'v2', 'either'])
      .optional()
      .describe('Callers must begin with a PROXY header of this version; needs from.'),
    from: z
      .array(z.union([z.literal('unix'), cidrField]))
      .default([])
      .describe('Peers that may send it, as addresses or ranges; unix for those of a socket file. Others are refused.'),
    out: z.enum(['v1', 'v2']).optional().describe('Backends are sent a PROXY header of this version first.'),
  })
  .describe("The caller's address across proxies (PROXY protocol).")

/** One entry of `services`. */
export const serviceSchema = z
  .strictObject({
    name: nameField.describe('How logs and metrics call this entrance.'),
    accept: acceptField.describe(
      'Where callers come in: host:port, tls://host:port, unix:PATH or tls+unix:PATH, or by WebSocket.',
    ),
    mode: modeField
      .default(0o600)
      .describe('The bits of the socket file; "0600" when left out.')
      .meta({ default: '0600' }),
    connect: z
      .union([backendField, z.array(backendField)])
      .transform((backends) => [backends].flat())
      .default([])
      .describe(
        'The backend, or several: tls://host:port, wss://host:port/path; tcp:// or ws:// where a rule says plaintext: true. Not with tokens.',
      ),
    failover: z
      .enum(['priority', 'roundRobin'])
      .default('priority')
      .describe('priority takes the first backend that can be reached, roundRobin begins with the next one each time.'),
    starttls: z
      .enum(starttlsProtocols)
      .optional()
      .describe('TLS is asked for in the words of this protocol, on a connection that begins in plain text.'),
    limits: z
      .strictObject({ connections: count.optional().describe('Connections at a time, per worker; limits.tunnels.') })
      .prefault({}),
    timeouts: z
      .strictObject({
        connect: deadline.optional().describe('For a backend to accept the connection; timeouts.connect.'),
        handshake: deadline
          .optional()
          .describe('For STARTTLS, the TLS handshake and the request for a WebSocket together; timeouts.handshake.'),
        idle: deadline.optional().describe('Without a byte in either direction; timeouts.idle.'),
      })
      .prefault({}),
    proxyProtocol: proxyProtocol.prefault({}),
    tls: serviceTlsField.optional(),
    tokens: serviceTokensField.optional(),
    webSocket: serviceWebSocketField.optional(),
    backendWebSocket: backendWebSocketField.optional(),
  })
  .superRefine((entry, context) => {
    const note = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: entry })
    for (const [index, { scheme }] of entry.connect.entries()) {
      if (entry.starttls !== undefined && scheme === 'tcp') {
        note(['connect', index], 'tcp:// is plain text, and starttls asks for TLS: write tls://')
      }
    }
    noteServiceTls(entry, note)
    noteServiceTokens(entry, note)
    noteWebSockets(entry, note)
    const { in: header, from } = entry.proxyProtocol
    if (header !== undefined && from.length === 0) {
      note(['proxyProtocol', 'in'], 'needs from: whoever may say it could pose as everybody')
    }
    if (header === undefined && from.length > 0) note(['proxyProtocol', 'from'], 'has no effect without in')
  })

export type ServiceEntry = z.output<typeof serviceSchema>

/** All of them: names are what logs and metrics tell entrances apart by. */
export const servicesSchema = z.array(serviceSchema).superRefine((entries, context) => {
  const seen = new Set(['proxy', 'socks'])
  for (const [index, { name }] of entries.entries()) {
    if (seen.has(name)) {
      context.addIssue({ code: 'custom', path: [index, 'name'], message: 'expected a name of its own', input: entries })
    }
    seen.add(name)
  }
})
