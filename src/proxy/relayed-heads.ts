/** The heads that we write: what comes through of the one received, and what a proxy adds (RFC 9110 §7.6). */
import { forwardedRequestFields, forwardedResponseFields, viaChain } from '../http/forward-fields.ts'
import { framingFields } from '../http/framing.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { fixedUpFields } from './fix-ups.ts'
import { forwardsLeft } from './max-forwards.ts'
import type { Route } from './routes.ts'
import { pathOf } from './target.ts'

/** The request as the backend gets it: origin-form, the target's own Host, our Via. */
export function requestHeadText(head: RequestHead, route: Route, via: string): string {
  return (
    `${head.method} ${requestPath(head, route)} HTTP/1.1\r\nHost: ${route.hostField}\r\n` +
    requestFields(head) +
    framingFields(head.framing) +
    viaField(head, via) +
    (head.upgrade === undefined ? '\r\n' : `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n\r\n`)
  )
}

export interface AnswerContext {
  readonly request: RequestHead
  readonly route: Route
  readonly via: string
  /** The caller's connection ends with this answer. */
  readonly close: boolean
}

/** The final answer as the caller gets it. An HTTP/1.0 caller gets no chunks: its body ends with the connection. */
export function responseHeadText(head: ResponseHead, { request, route, via, close }: AnswerContext): string {
  const fixUps = route.decision.rule.fixUps && request.target.startsWith('http:')
  const unframed = head.framing.kind === 'chunked' && request.minor === 0
  return (
    `HTTP/1.1 ${head.status} ${head.reason}\r\n` +
    (fixUps ? fixedUpFields(head, route) : forwardedResponseFields(head)) +
    (unframed ? '' : framingFields(head.framing)) +
    viaField(head, via) +
    (close ? 'Connection: close\r\n\r\n' : '\r\n')
  )
}

/** An interim answer (1xx) as the caller gets it. */
export function informationalHeadText(head: ResponseHead, via: string): string {
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${forwardedResponseFields(head)}${viaField(head, via)}\r\n`
}

/** The answer 101, after which both sides speak another protocol. */
export function upgradeHeadText(head: ResponseHead, via: string): string {
  const upgrade = head.upgrade === undefined ? '' : `Upgrade: ${head.upgrade}\r\n`
  const fields = forwardedResponseFields(head) + viaField(head, via)
  return `HTTP/1.1 101 ${head.reason}\r\n${fields}Connection: Upgrade\r\n${upgrade}\r\n`
}

function requestPath(head: RequestHead, route: Route): string {
  // OPTIONS for an origin as a whole is asterisk-form at the last proxy (RFC 9112 §3.2.4).
  if (head.method === 'OPTIONS' && head.target.length === route.originLength) return '*'
  return pathOf(head.target, route.originLength)
}

function requestFields(head: RequestHead): string {
  const left = forwardsLeft(head)
  if (left === undefined) return forwardedRequestFields(head)
  return `${forwardedRequestFields(head, { drop: ['max-forwards'] })}Max-Forwards: ${left - 1}\r\n`
}

function viaField(head: RequestHead | ResponseHead, via: string): string {
  return head.hasVia ? `Via: ${viaChain(head)}, 1.${head.minor} ${via}\r\n` : `Via: 1.${head.minor} ${via}\r\n`
}
