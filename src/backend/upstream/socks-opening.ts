/** SOCKS5 (RFC 1928, RFC 1929), as its client: a name goes out as a name, for the proxy to resolve. */

import { parseIp } from '../../policy/address/ip-address.ts'
import type { Destination } from '../../policy/destination.ts'
import type { Credentials } from '../../settings/snapshot.ts'
import { type Opening, type OpeningStep, type OpeningWish, refused } from './opening.ts'

/** Makes the dialogue for one connection. */
export function socksOpening({ proxy, destination, credentials }: OpeningWish): Opening {
  let held: Buffer = Buffer.alloc(0)
  let awaited: (bytes: Buffer) => Answer = method
  const take = (bytes: Buffer): OpeningStep => {
    held = Buffer.concat([held, bytes])
    const answer = awaited(held)
    if (answer.kind === 'refused') return answer
    if (answer.kind === 'more') return { kind: 'more' }
    held = held.subarray(answer.length)
    if (answer.next === undefined) return { kind: 'open', rest: held }
    awaited = answer.next
    // A proxy that goes on before it is asked answers a question that nobody has put to it.
    if (held.length > 0) return refused('went on before it was asked')
    return { kind: 'more', write: answer.write }
  }

  function method(bytes: Buffer): Answer {
    const [version, chosen] = bytes
    if (version !== undefined && version !== SOCKS5) return refusedAnswer('does not speak SOCKS5')
    if (chosen === undefined) return more
    if (chosen === NO_NEED) return { kind: 'next', length: 2, write: request(destination), next: reply }
    if (chosen === PASSWORD && credentials !== undefined) {
      return { kind: 'next', length: 2, write: login(credentials), next: verdict }
    }
    const why = credentials === undefined ? ', and upstreamCredentials has none for it' : ' that we do not know'
    return refusedAnswer(`wants to know who we are${why}`)
  }

  function verdict(bytes: Buffer): Answer {
    if (bytes.length < 2) return more
    if (bytes[1] !== 0) return refusedAnswer('does not take the user and password of upstreamCredentials')
    return { kind: 'next', length: 2, write: request(destination), next: reply }
  }

  return {
    proxy,
    begin: () => Buffer.from(credentials === undefined ? [5, 1, NO_NEED] : [5, 2, NO_NEED, PASSWORD]),
    take,
  }
}

type Answer =
  | { readonly kind: 'more' }
  | { readonly kind: 'refused'; readonly what: string }
  | {
      readonly kind: 'next'
      readonly length: number
      readonly write: Buffer
      readonly next?: (bytes: Buffer) => Answer
    }

function reply(bytes: Buffer): Answer {
  const [version, code, reserved, kind, nameBytes] = bytes
  if (version !== undefined && version !== SOCKS5) return refusedAnswer('answered in another version')
  if (code !== undefined && code !== 0) return refusedAnswer(`refused: ${meanings[code] ?? `reply ${code}`}`)
  if (reserved !== undefined && reserved !== 0) return refusedAnswer('answered with a reserved byte that is not zero')
  if (kind === undefined || nameBytes === undefined) return more
  const addressBytes = kind === IPV4 ? 4 : kind === IPV6 ? 16 : kind === NAME ? 1 + nameBytes : undefined
  if (addressBytes === undefined) return refusedAnswer('answered with an address of an unknown kind')
  const length = HEAD_BYTES + addressBytes + 2
  return bytes.length < length ? more : { kind: 'next', length, write: Buffer.alloc(0) }
}

function request({ host, port }: Destination): Buffer {
  const ip = parseIp(host)
  const to =
    ip === undefined
      ? Buffer.concat([Buffer.from([NAME, host.length]), Buffer.from(host, 'latin1')])
      : Buffer.concat([Buffer.from([ip.length === 4 ? IPV4 : IPV6]), ip])
  return Buffer.concat([Buffer.from([SOCKS5, 1, 0]), to, Buffer.from([port >> 8, port & 0xff])])
}

function login({ user, password }: Credentials): Buffer {
  const parts = [user, password].map((text) => Buffer.from(text))
  return Buffer.concat([Buffer.from([1]), ...parts.flatMap((part) => [Buffer.from([part.length]), part])])
}

function refusedAnswer(what: string): Answer {
  return refused(what) as Answer
}

const more: Answer = { kind: 'more' }
const SOCKS5 = 0x05
const NO_NEED = 0x00
const PASSWORD = 0x02
const IPV4 = 0x01
const NAME = 0x03
const IPV6 = 0x04
/** Version, reply, reserved, kind of address. */
const HEAD_BYTES = 4
/** RFC 1928 §6. */
const meanings: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'its rules do not allow it',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'the backend refused the connection',
  6: 'the time to live is over',
  7: 'it does not know CONNECT',
  8: 'it does not know this kind of address',
}
