/**
 * What a service says of WebSockets: of those it takes (`webSocket`, beside `accept: ws://…` or `wss://…`), and of those
 * it asks its backends for (`backendWebSocket`, beside `connect: ws://…` or `wss://…`).
 */
import * as z from 'zod'
import { durationSchema } from '../policy/document/duration.ts'
import type { AcceptEntry } from './accept-field.ts'
import type { BackendWebSocket, ServiceBackend, ServiceWebSocket } from './service.ts'

/** As a browser sends it: scheme, host and a port that is not the usual one, and nothing behind. */
const originField = z
  .string()
  .refine((text) => URL.parse(text)?.origin === text, 'expected an origin such as https://app.corp.example')

const protocolField = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a WebSocket protocol')
const messageBytesField = z.int().min(1024).max(67_108_864)
/** Who has not answered when the next one is due is gone: within less than this nobody far away could have. */
const pingField = durationSchema.refine((ms) => ms >= 1000, 'expected 1s or longer')

const MESSAGE_BYTES = 1_048_576
const PING_MS = 30_000

export const serviceWebSocketField = z
  .strictObject({
    origins: z
      .union([z.literal('any'), z.array(originField)])
      .optional()
      .describe('Whose pages may come in from a browser, or any; none when left out. Programs send no origin and may.'),
    protocols: z
      .array(protocolField)
      .optional()
      .describe('Callers must offer one of these (Sec-WebSocket-Protocol), and the first that fits is chosen.'),
    messageBytes: messageBytesField.optional().describe('Longest message taken from a caller; 1048576 when left out.'),
    ping: pingField
      .optional()
      .describe('How often a caller must show that it is there, 1s or more; 30s when left out.'),
  })
  .describe('What is asked of callers that come in by WebSocket.')

export const backendWebSocketField = z
  .strictObject({
    protocols: z
      .array(protocolField)
      .refine((names) => new Set(names).size === names.length, 'expected each name once')
      .optional()
      .describe('Offered to the backend (Sec-WebSocket-Protocol), the best first; it must choose one of them.'),
    origin: originField.optional().describe('The origin that the backend is told; none when left out, as programs do.'),
    messageBytes: messageBytesField.optional().describe('Longest message taken from a backend; 1048576 when left out.'),
    ping: pingField
      .optional()
      .describe('How often a backend must show that it is there, 1s or more; 30s when left out.'),
  })
  .describe('How a backend that speaks WebSocket is asked for one; connect: ws:// or wss://.')

interface Noted {
  readonly accept: Pick<AcceptEntry, 'webSocketPath'>
  readonly connect: readonly ServiceBackend[]
  readonly starttls?: string | undefined
  readonly tokens?: unknown
  readonly webSocket?: unknown
  readonly backendWebSocket?: unknown
}

/** Notes what the parts of an entry mean together. */
export function noteWebSockets(
  { accept, connect, starttls, tokens, webSocket, backendWebSocket }: Noted,
  note: (path: (string | number)[], message: string) => void,
): void {
  const takesThem = accept.webSocketPath !== undefined
  if (takesThem && tokens !== undefined) note(['tokens'], 'are asked for with CONNECT, not by WebSocket')
  if (takesThem && starttls === 'mysql') {
    note(['starttls'], 'MySQL asks its client before TLS, and a WebSocket stands only behind it: accept TCP or TLS')
  }
  if (webSocket !== undefined && !takesThem) note(['webSocket'], 'has no effect without accept: ws:// or wss://')
  if (backendWebSocket !== undefined && !connect.some(isWebSocket)) {
    note(['backendWebSocket'], 'has no effect without connect: ws:// or wss://')
  }
  for (const [index, backend] of connect.entries()) {
    if (starttls === undefined || !isWebSocket(backend)) continue
    note(['connect', index], `${backend.scheme}:// is asked for in HTTP, and starttls in the words of another protocol`)
  }
}

function isWebSocket({ path }: ServiceBackend): boolean {
  return path !== undefined
}

/** Fills in what is left out of `webSocket`. */
export function compileWebSocket(
  path: string,
  {
    origins = [],
    protocols = [],
    messageBytes = MESSAGE_BYTES,
    ping = PING_MS,
  }: z.output<typeof serviceWebSocketField> = {},
): ServiceWebSocket {
  return { path, origins, protocols, messageBytes, pingMs: ping }
}

/** Fills in what is left out of `backendWebSocket`; undefined where no backend speaks it. */
export function compileBackendWebSocket(
  connect: readonly ServiceBackend[],
  { protocols = [], origin, messageBytes = MESSAGE_BYTES, ping = PING_MS }: z.output<typeof backendWebSocketField> = {},
): BackendWebSocket | undefined {
  if (!connect.some(isWebSocket)) return undefined
  return { protocols, messageBytes, pingMs: ping, ...(origin === undefined ? {} : { origin }) }
}
