/**
 * The differential check: the same bytes through http/ and through llhttp.
 * - What llhttp refuses is refused; what is passed on before the refusal is at most an unfinished message.
 * - Where both accept, the heads say the same, the bodies hold the same bytes and messages end at the same byte.
 * - What a proxy would write for an accepted message is one message to llhttp, with the same body, and no more.
 */

import { isDeepStrictEqual } from 'node:util'
import { forwardedRequestFields, forwardedResponseFields } from '../../src/http/forward-fields.ts'
import { framingFields } from '../../src/http/framing.ts'
import type { RequestHead } from '../../src/http/request-head.ts'
import type { SyntaxReason } from '../../src/http/syntax-error.ts'
import { type Heard, Llhttp } from './llhttp.ts'
import { type ReadMessage, type ReadOptions, readStream } from './read-stream.ts'

/** What one comparison came to. */
export interface Comparison {
  /** What is wrong; undefined when all is well. */
  readonly disagreement: string | undefined
  /** Messages that both took whole. */
  readonly agreed: number
  /** Why http/ refused the rest; undefined when it did not. */
  readonly reason: SyntaxReason | undefined
  /** Whether http/ refused what llhttp took. */
  readonly stricter: boolean
}

/** Compares what http/ and llhttp make of a stream. */
export function compareWithLlhttp(bytes: Buffer, options: ReadOptions): Comparison {
  const llhttp = new Llhttp(options.side, options.requestMethod)
  try {
    return compareStream(bytes, options, llhttp)
  } finally {
    llhttp.close()
  }
}

function compareStream(bytes: Buffer, options: ReadOptions, llhttp: Llhttp): Comparison {
  const read = readStream(bytes, options)
  const outcome = (disagreement: string | undefined, stricter = false): Comparison => {
    return { disagreement, agreed: read.messages.length, reason: read.reason, stricter }
  }
  for (const [index, message] of read.messages.entries()) {
    const problem = compareMessage(bytes, message, index, llhttp, options)
    if (problem !== undefined) return outcome(`message ${index}: ${problem}`)
  }
  if (read.ending === 'closed' || read.ending === 'other-protocol' || read.ending === 'between')
    return outcome(undefined)

  const before = llhttp.completed
  llhttp.feed(bytes.subarray(read.rest))
  if (read.ending === 'refused') return outcome(undefined, llhttp.completed > before)
  if (llhttp.completed > before) return outcome(`${read.ending}, but llhttp has a whole message`)
  if (read.ending === 'in-head') return outcome(undefined)
  const unfinished = read.unfinished as ReadMessage
  // Of a trailer section nothing is passed on, and only line ends are judged, until all of it is there.
  const passedToTrailers = /(?:^|\r\n)0+\r\n$/.test(unfinished.passedOn)
  if (llhttp.refused !== undefined && !passedToTrailers)
    return outcome(`${read.ending}, but llhttp refused: ${llhttp.refused}`)
  if (llhttp.refused !== undefined) return outcome(undefined)
  const heard = llhttp.messages.at(-1) as Heard
  if (heard.body !== unfinished.data) return outcome(`${read.ending}: other bytes in the body`)
  return outcome(compareHeads(unfinished, heard))
}

function compareMessage(
  bytes: Buffer,
  message: ReadMessage,
  index: number,
  llhttp: Llhttp,
  options: ReadOptions,
): string | undefined {
  llhttp.feed(bytes.subarray(message.start, message.end - 1))
  if (llhttp.refused !== undefined) return `taken, but llhttp refused: ${llhttp.refused}`
  if (llhttp.completed > index) return 'llhttp ends the message earlier'
  llhttp.feed(bytes.subarray(message.end - 1, message.end))
  if (llhttp.refused !== undefined) return `taken, but llhttp refused its last byte: ${llhttp.refused}`
  if (llhttp.completed === index) return 'llhttp ends the message later'
  const heard = llhttp.messages[index] as Heard
  if (heard.body !== message.data) return 'other bytes in the body'
  return compareHeads(message, heard) ?? compareForwarded(message, options)
}

function compareHeads(message: ReadMessage, heard: Heard): string | undefined {
  const { head } = message
  if (head.minor !== heard.minor) return 'other version'
  if (!isDeepStrictEqual(head.fields.pairs, heard.fields)) return 'other fields'
  if ('method' in head) {
    if (head.method !== heard.method) return 'other method'
    if (head.target !== heard.target) return 'other target'
    if (head.upgrade !== undefined && !heard.upgrade) return 'upgrade where llhttp sees none'
  } else {
    if (head.status !== heard.status) return 'other status'
    if (head.reason.trim() !== heard.reason.trim()) return 'other reason phrase'
  }
  // llhttp answers before it is told that an answer to HEAD has no body; without a length it expects one to the close.
  const unasked = 'status' in head && head.framing.kind === 'none' && head.status >= 200 && head.status !== 204
  if (head.keepAlive && !heard.keepAlive && !unasked) return 'kept alive where llhttp closes'
  // In HTTP/1.0 llhttp heeds keep-alive over close; a proxy keeps no HTTP/1.0 caller at all.
  const mayCloseEarlier = asksToClose(head.fields.pairs) || ('method' in head && head.minor === 0)
  if (!head.keepAlive && heard.keepAlive && !mayCloseEarlier) return 'closed where llhttp keeps alive'
  return undefined
}

function asksToClose(fields: readonly string[]): boolean {
  return fields.some((name, index) => /^(proxy-)?connection$/i.test(name) && /\bclose\b/i.test(fields[index + 1] ?? ''))
}

function compareForwarded(message: ReadMessage, options: ReadOptions): string | undefined {
  const { head } = message
  const fields = 'method' in head ? forwardedRequestFields(head) : forwardedResponseFields(head)
  const startLine = 'method' in head ? requestLine(head) : `HTTP/1.1 ${head.status} ${head.reason}\r\n`
  const bytes = Buffer.from(`${startLine}${fields}${framingFields(head.framing)}\r\n${message.passedOn}`, 'latin1')
  const backend = new Llhttp(options.side, options.requestMethod)
  backend.feed(bytes)
  if (head.framing.kind === 'until-close') backend.end()
  backend.close()
  if (backend.refused !== undefined) return `passed on, llhttp refuses it: ${backend.refused}`
  const [heard] = backend.messages
  if (backend.messages.length !== 1 || heard?.complete !== true) return 'passed on, it is not one message to llhttp'
  if (heard.body !== message.data) return 'passed on, it has other bytes in the body'
  if (!isDeepStrictEqual(heard.trailers, message.trailers)) return 'passed on, it has other trailers'
  if ('method' in head && heard.target !== head.target) return 'passed on, it has another target'
  return undefined
}

function requestLine(head: RequestHead): string {
  return `${head.method} ${head.target} HTTP/1.1\r\nHost: a.example\r\n`
}
