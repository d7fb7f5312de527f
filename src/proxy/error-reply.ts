/**
 * The proxy's one translator from error codes to HTTP: the status code and error type that RFC 9209 recommends,
 * a Proxy-Status field, and a short body that says what failed, about whom, what was found and what to change:
 * problem+json (RFC 9457), or a page where somebody at a browser asked. Nobody else in proxy/ maps codes.
 */
import { type ErrorCode, entryOf, errorCodes, faultOf, type SidecarError } from '../errors.ts'
import { remedies } from '../policy/remedies.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { Refusal } from './refusal.ts'
import { refusalPage, refusalPageFields } from './refusal-page.ts'

interface Reply {
  readonly status: number
  readonly reason: string
  /** An error type of RFC 9209 §2.3. */
  readonly error: string
}

const replies: Partial<Record<ErrorCode, Reply>> = {
  CALLER_BAD_REQUEST: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_BAD_TARGET: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_HEAD_TOO_LARGE: { status: 431, reason: 'Request Header Fields Too Large', error: 'http_request_error' },
  CALLER_TIMEOUT: { status: 408, reason: 'Request Timeout', error: 'http_request_error' },
  CALLER_BAD_PROXY_HEADER: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_BAD_UPGRADE: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_BAD_LOGIN: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_BAD_SOCKS: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_NOT_AUTHENTICATED: { status: 407, reason: 'Proxy Authentication Required', error: 'http_request_denied' },
  CALLER_TOKEN_REFUSED: { status: 407, reason: 'Proxy Authentication Required', error: 'http_request_denied' },
  CALLER_TLS_FAILED: { status: 400, reason: 'Bad Request', error: 'http_request_error' },
  CALLER_CERTIFICATE_REFUSED: { status: 403, reason: 'Forbidden', error: 'http_request_denied' },
  CALLER_LOOP: { status: 502, reason: 'Bad Gateway', error: 'proxy_loop_detected' },
  POLICY_UNLISTED: { status: 403, reason: 'Forbidden', error: 'http_request_denied' },
  POLICY_RULE_DENIES: { status: 403, reason: 'Forbidden', error: 'http_request_denied' },
  POLICY_NOT_TLS: { status: 403, reason: 'Forbidden', error: 'http_request_denied' },
  POLICY_PLAINTEXT_DENIED: { status: 403, reason: 'Forbidden', error: 'http_request_denied' },
  POLICY_ADDRESS_DENIED: { status: 502, reason: 'Bad Gateway', error: 'destination_ip_prohibited' },
  POLICY_VERDICT_REFUSED: { status: 502, reason: 'Bad Gateway', error: 'tls_certificate_error' },
  BACKEND_NAME_NOT_FOUND: { status: 502, reason: 'Bad Gateway', error: 'dns_error' },
  BACKEND_DNS_FAILED: { status: 504, reason: 'Gateway Timeout', error: 'dns_timeout' },
  BACKEND_CONNECT_REFUSED: { status: 502, reason: 'Bad Gateway', error: 'connection_refused' },
  BACKEND_UNREACHABLE: { status: 502, reason: 'Bad Gateway', error: 'destination_ip_unroutable' },
  BACKEND_CONNECT_TIMEOUT: { status: 504, reason: 'Gateway Timeout', error: 'connection_timeout' },
  BACKEND_HANDSHAKE_TIMEOUT: { status: 504, reason: 'Gateway Timeout', error: 'connection_timeout' },
  BACKEND_HANDSHAKE_FAILED: { status: 502, reason: 'Bad Gateway', error: 'tls_protocol_error' },
  BACKEND_NO_STARTTLS: { status: 502, reason: 'Bad Gateway', error: 'tls_protocol_error' },
  BACKEND_STARTTLS_FAILED: { status: 502, reason: 'Bad Gateway', error: 'tls_protocol_error' },
  BACKEND_UPSTREAM_FAILED: { status: 502, reason: 'Bad Gateway', error: 'destination_unavailable' },
  BACKEND_REFUSED_US: { status: 502, reason: 'Bad Gateway', error: 'tls_alert_received' },
  BACKEND_FETCH_FAILED: { status: 502, reason: 'Bad Gateway', error: 'destination_unavailable' },
  BACKEND_CLOSED_EARLY: { status: 502, reason: 'Bad Gateway', error: 'connection_terminated' },
  BACKEND_BAD_RESPONSE: { status: 502, reason: 'Bad Gateway', error: 'http_protocol_error' },
  BACKEND_UPGRADE_REFUSED: { status: 502, reason: 'Bad Gateway', error: 'http_upgrade_failed' },
  BACKEND_BAD_UPGRADE: { status: 502, reason: 'Bad Gateway', error: 'http_upgrade_failed' },
  BACKEND_FIRST_BYTE_TIMEOUT: { status: 504, reason: 'Gateway Timeout', error: 'http_response_timeout' },
  BACKEND_IDLE_TIMEOUT: { status: 504, reason: 'Gateway Timeout', error: 'connection_read_timeout' },
  INTERNAL_AT_LIMIT: { status: 503, reason: 'Service Unavailable', error: 'connection_limit_reached' },
  INTERNAL_DRAINING: { status: 503, reason: 'Service Unavailable', error: 'destination_unavailable' },
}

const ourFault: Reply = { status: 500, reason: 'Internal Server Error', error: 'proxy_internal_error' }

/** Findings about the version, suite or group settled on, not about the certificate. */
const protocolFindings = ['protocol-refused', 'cipher-refused', 'group-refused']

export interface ReplyContext {
  /** Host and port asked for, where the request got that far. */
  readonly destination: string | undefined
  readonly requestId: string
  readonly policyVersion: number
  /** The caller's connection ends after this answer. */
  readonly close: boolean
  /** The request was a HEAD: fields without a body. */
  readonly bodyless: boolean
  /** Whoever asked reads HTML rather than JSON. */
  readonly html: boolean
  /** What the operator has to say in every refusal; empty for nothing. */
  readonly message: string
}

/** The whole answer to a request that failed, as latin1 text, with the status it carries. */
export function errorReply(error: SidecarError, context: ReplyContext): { status: number; text: string } {
  const reply = replyFor(error)
  const refusal = refusalFor(error, reply, context)
  const body = context.html ? refusalPage(refusal) : problemBody(refusal)
  const fields = [
    `HTTP/1.1 ${reply.status} ${reply.reason}`,
    `Proxy-Status: ${proxyStatus(error, reply)}`,
    ...(context.html ? refusalPageFields : ['Content-Type: application/problem+json']),
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(context.close ? ['Connection: close'] : []),
  ]
  const head = `${fields.join('\r\n')}\r\n\r\n`
  return { status: reply.status, text: context.bodyless ? head : head + Buffer.from(body).toString('latin1') }
}

/**
 * The answer of an entrance that tells nobody anything: a caller without leave gets the same bytes whatever it did, and
 * one with leave learns only whether it should try again.
 */
export function terseReply(error: SidecarError): { status: number; text: string } {
  const hasLeave = faultOf(error.code) === 'backend' || faultOf(error.code) === 'policy'
  const { status, reason } = hasLeave ? noTunnel : replyFor(error).status === 503 ? unavailable : noLeave
  const challenge = status === noLeave.status ? ['Proxy-Authenticate: Bearer'] : []
  // Whoever asks us directly, as a browser might, is told to come by TLS alone.
  const fields = [...challenge, 'Strict-Transport-Security: max-age=31536000', 'Content-Length: 0', 'Connection: close']
  return { status, text: `HTTP/1.1 ${status} ${reason}\r\n${fields.join('\r\n')}\r\n\r\n` }
}

const noLeave = { status: 407, reason: 'Proxy Authentication Required' }
const noTunnel = { status: 502, reason: 'Bad Gateway' }
const unavailable = { status: 503, reason: 'Service Unavailable' }

/** The error type of RFC 9209 that a refusal carries: for replies and for the log. */
export function proxyErrorType(error: SidecarError): string {
  return replyFor(error).error
}

function replyFor(error: SidecarError): Reply {
  const reply = replies[error.code] ?? ourFault
  if (error.code !== 'POLICY_VERDICT_REFUSED') return reply
  const { verdict } = error.details as { verdict?: Verdict }
  const onlyProtocol = verdict?.blocking.every((finding) => protocolFindings.includes(finding.name)) ?? false
  return onlyProtocol ? { ...reply, error: 'tls_protocol_error' } : reply
}

function refusalFor({ code, message, details }: SidecarError, reply: Reply, context: ReplyContext): Refusal {
  const { verdict } = details as { verdict?: Verdict }
  return {
    code,
    status: reply.status,
    title: reply.error,
    detail: message,
    ...(context.destination === undefined ? {} : { destination: context.destination }),
    ...(verdict === undefined ? {} : { findings: verdict.findings }),
    hint: hintFor(code, verdict),
    ...(context.message === '' ? {} : { operatorMessage: context.message }),
    requestId: context.requestId,
    policyVersion: context.policyVersion,
  }
}

/** What refuses first is what to mend first: the backend of a refusal has often more than one fault. */
function hintFor(code: ErrorCode, verdict: Verdict | undefined): string {
  const first = verdict?.blocking[0]
  return first === undefined ? errorCodes[code].hint : remedies[first.name]
}

function problemBody({ code, ...refusal }: Refusal): string {
  const type = `urn:vedette:error:${code}`
  // Whoever asked has no documents of ours: what it can do stands in the hint, and this is for whom it asks.
  const problem = { type, fault: faultOf(code), operatorReference: entryOf(code), ...refusal }
  return `${JSON.stringify(problem)}\n`
}

function proxyStatus(error: SidecarError, reply: Reply): string {
  const { alert } = error.details as { alert?: string }
  const alertMessage = alert === undefined ? '' : `; alert-message=${structuredString(alert)}`
  return `vedette; error=${reply.error}${alertMessage}; details=${structuredString(error.message)}`
}

/** A string of RFC 9651: printable ASCII in quotes; anything else becomes a question mark. */
function structuredString(text: string): string {
  const printable = text.replaceAll(/[^\x20-\x7e]/g, '?')
  return `"${printable.replaceAll(/["\\]/g, '\\$&')}"`
}
