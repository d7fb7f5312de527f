/**
 * A backend's answer to the request for a WebSocket (RFC 6455 §4.1), held against what was asked: pure, and in words that
 * say what was found. The library that frames what passes looks as well; it does not say at what.
 */
import { createHash } from 'node:crypto'

/** As much of an answer as is looked at; names in lower case, a field that is there twice as one with a comma. */
export interface UpgradeAnswer {
  readonly httpVersion: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What was asked. */
export interface AskedUpgrade {
  /** As sent: Sec-WebSocket-Key. */
  readonly key: string
  readonly protocols: readonly string[]
}

/** Tells what is wrong with an answer of the status 101; undefined where nothing is. */
export function faultOfAnswer({ httpVersion, headers }: UpgradeAnswer, asked: AskedUpgrade): string | undefined {
  const field = (name: string) => headers[name]?.toString()
  if (httpVersion !== '1.1') return `answered in HTTP/${httpVersion}`
  if (field('upgrade')?.toLowerCase() !== 'websocket') return `switched to ${quote(field('upgrade'))}, not to websocket`
  if (field('sec-websocket-accept') !== acceptOf(asked.key)) {
    return `answered another request than ours: Sec-WebSocket-Accept is ${quote(field('sec-websocket-accept'))}`
  }
  const extensions = field('sec-websocket-extensions')
  if (extensions !== undefined) return `took up ${quote(extensions)}, an extension that was not asked for`
  return faultOfProtocol(field('sec-websocket-protocol'), asked.protocols)
}

function faultOfProtocol(chosen: string | undefined, offered: readonly string[]): string | undefined {
  if (chosen === undefined)
    return offered.length === 0 ? undefined : `chose none of the protocols ${offered.join(', ')}`
  if (offered.includes(chosen)) return undefined
  return `chose the protocol ${quote(chosen)}, which was not offered`
}

/** What proves that a WebSocket server has read the request, and no cache or other server has answered it. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

function quote(text: string | undefined): string {
  return text === undefined ? 'missing' : JSON.stringify(text.slice(0, QUOTED_MAX))
}

const QUOTED_MAX = 120
