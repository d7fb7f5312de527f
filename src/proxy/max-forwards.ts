/**
 * Max-Forwards of TRACE and OPTIONS (RFC 9110 §7.6.2): each hop counts it down, and the one that finds 0 answers
 * itself, so that an operator can look at the chain of proxies hop by hop.
 */
import { SidecarError } from '../errors.ts'
import type { RequestHead } from '../http/request-head.ts'

/** Fields that TRACE must not echo: they may hold secrets (RFC 9110 §9.3.8). */
const secretFields = new Set(['authorization', 'proxy-authorization', 'cookie'])

/** What is left of a TRACE or OPTIONS to forward: undefined without the field. Throws CALLER_BAD_REQUEST. */
export function forwardsLeft(head: RequestHead): number | undefined {
  if (head.method !== 'TRACE' && head.method !== 'OPTIONS') return undefined
  const { pairs } = head.fields
  for (let index = 0; index < pairs.length; index += 2) {
    if (pairs[index]?.toLowerCase() !== 'max-forwards') continue
    const value = pairs[index + 1] as string
    if (!/^\d{1,9}$/.test(value)) throw new SidecarError('CALLER_BAD_REQUEST', 'Max-Forwards is not a number')
    return Number(value)
  }
  return undefined
}

/** The answer of the hop at which a request has no forwards left, as latin1 text. */
export function lastHopAnswer(head: RequestHead, via: string): string {
  const body = head.method === 'TRACE' ? echoed(head) : ''
  const type = head.method === 'TRACE' ? 'Content-Type: message/http\r\n' : ''
  return `HTTP/1.1 200 OK\r\n${type}Content-Length: ${body.length}\r\nVia: 1.1 ${via}\r\nConnection: close\r\n\r\n${body}`
}

function echoed(head: RequestHead): string {
  let text = `TRACE ${head.target} HTTP/1.${head.minor}\r\n`
  const { pairs } = head.fields
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index] as string
    if (!secretFields.has(name.toLowerCase())) text += `${name}: ${pairs[index + 1]}\r\n`
  }
  return `${text}\r\n`
}
