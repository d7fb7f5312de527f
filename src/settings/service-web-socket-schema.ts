/** What a service says of the WebSockets it takes: `webSocket`, beside `accept: ws://…` or `wss://…`. */
import * as z from 'zod'
import { durationSchema } from '../policy/duration.ts'
import type { ServiceWebSocket } from './service.ts'

/** As a browser sends it: scheme, host and a port that is not the usual one, and nothing behind. */
const originField = z
  .string()
  .refine((text) => URL.parse(text)?.origin === text, 'expected an origin such as https://app.corp.example')

const MESSAGE_BYTES = 1_048_576
const PING_MS = 30_000

export const serviceWebSocketField = z
  .strictObject({
    origins: z
      .union([z.literal('any'), z.array(originField)])
      .optional()
      .describe('Whose pages may come in from a browser, or any; none when left out. Programs send no origin and may.'),
    protocols: z
      .array(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a WebSocket protocol'))
      .optional()
      .describe('Callers must offer one of these (Sec-WebSocket-Protocol), and the first that fits is chosen.'),
    messageBytes: z
      .int()
      .min(1024)
      .max(67_108_864)
      .optional()
      .describe('Longest message taken from a caller; 1048576 when left out.'),
    ping: durationSchema.optional().describe('How often a caller must show that it is there; 30s when left out.'),
  })
  .describe('What is asked of callers that come in by WebSocket.')

/** Fills in what is left out. */
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
