/**
 * What `fixUps: true` changes in an answer, so that an application that speaks plain HTTP to us keeps its session with
 * a backend that believes to be spoken to over TLS: redirects to the same backend come back to http://, cookies lose
 * Secure (a caller without TLS would not send them back), and HSTS is left out.
 */
import { forwardedResponseFields } from '../http/forward-fields.ts'
import type { ResponseHead } from '../http/response-head.ts'
import type { Route } from './routes.ts'

const changed = ['location', 'set-cookie', 'strict-transport-security']

/** The end-to-end fields of an answer with the changes made, each as `Name: value` CRLF. */
export function fixedUpFields(head: ResponseHead, route: Route): string {
  let text = forwardedResponseFields(head, { drop: changed })
  const { pairs } = head.fields
  for (let index = 0; index < pairs.length; index += 2) {
    const name = (pairs[index] as string).toLowerCase()
    const value = pairs[index + 1] as string
    if (name === 'location') text += `Location: ${fixedLocation(value, route)}\r\n`
    if (name === 'set-cookie') text += `Set-Cookie: ${withoutSecure(value)}\r\n`
  }
  return text
}

function fixedLocation(value: string, route: Route): string {
  const match = /^https:\/\/([^/?#]*)(.*)$/i.exec(value)
  if (match === null) return value
  const [, authority = '', rest = ''] = match
  const { host, port } = route.decision.destination
  const named = authority.toLowerCase()
  const same = named === route.decision.destination.authority || (port === 443 && named === host)
  return same ? `http://${route.hostField}${rest}` : value
}

function withoutSecure(value: string): string {
  return value
    .split(';')
    .filter((part, index) => index === 0 || part.trim().toLowerCase() !== 'secure')
    .join(';')
}
