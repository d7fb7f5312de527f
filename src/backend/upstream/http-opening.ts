/** CONNECT of HTTP/1.1 (RFC 9110 §9.3.6), as its client: any 2xx opens, whatever fields come with it. */
import type { Credentials } from '../../settings/snapshot.ts'
import { type Opening, type OpeningStep, type OpeningWish, refused } from './opening.ts'

const HEAD_BYTES_MAX = 16_384
const HEAD_END = '\r\n\r\n'

/** Makes the dialogue for one connection. */
export function httpOpening({ proxy, destination: { authority }, credentials }: OpeningWish): Opening {
  let held: Buffer = Buffer.alloc(0)
  const take = (bytes: Buffer): OpeningStep => {
    held = Buffer.concat([held, bytes])
    const end = held.indexOf(HEAD_END, 0, 'latin1')
    if (end > HEAD_BYTES_MAX || (end === -1 && held.length > HEAD_BYTES_MAX)) {
      return refused(`answered CONNECT with a head of over ${HEAD_BYTES_MAX} bytes`)
    }
    if (!beginsLikeHttp(held)) return refused('answered CONNECT with something that is not HTTP')
    if (end === -1) return { kind: 'more' }
    return judge(held.toString('latin1', 0, end), held.subarray(end + HEAD_END.length), credentials !== undefined)
  }
  return { proxy, begin: () => Buffer.from(request(authority, credentials), 'utf8'), take }
}

function request(authority: string, credentials: Credentials | undefined): string {
  const fields = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
  if (credentials !== undefined) {
    const text = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')
    fields.push(`Proxy-Authorization: Basic ${text}`)
  }
  return fields.join('\r\n') + HEAD_END
}

function judge(head: string, rest: Buffer, knowsUs: boolean): OpeningStep {
  const [, status, reason = ''] = /^HTTP\/1\.[01] ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?(?:\r\n|$)/.exec(head) ?? []
  if (status === undefined) return refused('answered CONNECT with something that is not HTTP/1.1')
  if (status.startsWith('2')) return { kind: 'open', rest }
  // tinyproxy says 401 of a wrong password, where 407 is meant.
  const isAboutUs = status === '407' || status === '401'
  if (isAboutUs && !knowsUs) return refused('asks for a user and password, and upstreamCredentials has none for it')
  if (isAboutUs) return refused(`does not take the user and password of upstreamCredentials (${status})`)
  return refused(`answered CONNECT with ${status} ${JSON.stringify(reason.slice(0, 120))}`)
}

/** Told at the first byte that is another protocol's, not when a head would be complete. */
function beginsLikeHttp(bytes: Buffer): boolean {
  const beginning = bytes.toString('latin1', 0, HTTP.length)
  return HTTP.startsWith(beginning)
}

const HTTP = 'HTTP/1.'
