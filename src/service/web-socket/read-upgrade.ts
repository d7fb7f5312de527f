/**
 * The request that a WebSocket begins with (RFC 6455 §4.2.1), read as strictly as the proxy reads heads, and held to what
 * the service wants: its path, an origin it lists, a protocol it speaks. Pure: bytes in, a request or a refusal out.
 */
import { findHeadEnd, refuseBrokenHead } from '../../http/head-end.ts'
import { parseRequestHead, type RequestHead } from '../../http/request-head.ts'
import { HttpSyntaxError } from '../../http/syntax-error.ts'
import type { ServiceWebSocket } from '../../settings/service.ts'

/** As much of a request as the library looks at; names in lower case. */
export interface UpgradeRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export type UpgradeRead =
  /** It is not complete yet. */
  | { readonly kind: 'more' }
  | { readonly kind: 'upgrade'; readonly length: number; readonly request: UpgradeRequest }
  | { readonly kind: 'bad'; readonly status: number; readonly what: string }

const HEAD_BYTES_MAX = 16_384

/** Reads it at the beginning of `bytes`. */
export function readUpgrade(bytes: Buffer, wish: ServiceWebSocket): UpgradeRead {
  try {
    const end = findHeadEnd(bytes, 0, bytes.length)
    if (end > HEAD_BYTES_MAX || (end === -1 && bytes.length > HEAD_BYTES_MAX)) {
      return bad(431, `the request head is longer than ${HEAD_BYTES_MAX} bytes`)
    }
    if (end !== -1) return judge(parseRequestHead(bytes, 0, end), end, wish)
    refuseBrokenHead(bytes, 0, bytes.length)
    return { kind: 'more' }
  } catch (thrown) {
    if (thrown instanceof HttpSyntaxError) return bad(400, thrown.message)
    throw thrown
  }
}

function judge(head: RequestHead, length: number, wish: ServiceWebSocket): UpgradeRead {
  const headers = headersOf(head)
  if (head.method !== 'GET') return bad(405, `a WebSocket begins with GET, not with ${head.method}`)
  if (head.upgrade?.toLowerCase() !== 'websocket') return bad(426, 'the request asks for no WebSocket')
  if (headers === undefined) return bad(400, 'a field of the WebSocket request is there twice')
  if (head.target !== wish.path) return bad(404, 'the request is for another path than the one of the service')
  const { origin } = headers
  // A program sends none; a browser always does, and says by it whose page wants to come in.
  if (origin !== undefined && wish.origins !== 'any' && !wish.origins.includes(origin)) {
    return bad(403, 'the page that asks is of an origin that webSocket.origins does not list')
  }
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  if (wish.protocols.length > 0 && !wish.protocols.some((name) => offered.includes(name))) {
    return bad(400, 'the caller offers none of the protocols that webSocket.protocols lists')
  }
  return { kind: 'upgrade', length, request: { method: head.method, url: head.target, headers } }
}

/** Undefined where one that decides stands twice: two readers could take different ones. */
function headersOf({ fields: { pairs } }: RequestHead): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null)
  for (let at = 0; at < pairs.length; at += 2) {
    const name = (pairs[at] as string).toLowerCase()
    const decides = name === 'origin' || name.startsWith('sec-websocket-') || name === 'upgrade'
    if (decides && headers[name] !== undefined) return undefined
    headers[name] = pairs[at + 1] as string
  }
  return headers
}

function bad(status: number, what: string): UpgradeRead {
  return { kind: 'bad', status, what }
}
