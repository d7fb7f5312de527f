/**
 * Reads a whole stream of messages with http/ as a proxy would: heads out of a buffer, bodies as they come, in
 * segments of the sizes that are asked for. What it gives is compared with what llhttp makes of the same bytes.
 */

import { type BodyReader, bodyReader } from '../../src/http/body-reader.ts'
import { ChunkedBody } from '../../src/http/chunked-body.ts'
import { findHeadEnd, refuseBrokenHead, skipLeadingEmptyLine } from '../../src/http/head-end.ts'
import { parseRequestHead, type RequestHead } from '../../src/http/request-head.ts'
import { parseResponseHead, type ResponseHead } from '../../src/http/response-head.ts'
import { HttpSyntaxError, type SyntaxReason } from '../../src/http/syntax-error.ts'
import type { Side } from './llhttp.ts'

/** One message that was read to its end, or as far as the bytes went. */
export interface ReadMessage {
  readonly head: RequestHead | ResponseHead
  readonly start: number
  readonly headEnd: number
  /** Just after the last byte of the message. */
  end: number
  /** The body without its chunks. */
  data: string
  /** The body as it would be passed on, chunks and trailers and all. */
  passedOn: string
  trailers: readonly string[]
}

/** How reading ended: more bytes wanted (in a head, a body, a trailer section), refused, or told to stop. */
export type Ending = 'between' | 'in-head' | 'in-body' | 'refused' | 'closed' | 'other-protocol' | 'until-close'

/** What was read of a stream. */
export interface ReadStream {
  readonly messages: readonly ReadMessage[]
  /** The message that was begun and neither finished nor refused in its head. */
  readonly unfinished: ReadMessage | undefined
  readonly ending: Ending
  readonly reason: SyntaxReason | undefined
  /** Where the part that is not in `messages` begins. */
  readonly rest: number
}

/** How to read. */
export interface ReadOptions {
  readonly side: Side
  /** What the responses answer. */
  readonly requestMethod?: string
  /** Gives the size of the next segment of a body, at least 1. */
  readonly nextSegment?: () => number
}

/** Reads messages from the bytes until they end, one is refused, or no other may follow. */
export function readStream(bytes: Buffer, options: ReadOptions): ReadStream {
  const messages: ReadMessage[] = []
  let unfinished: ReadMessage | undefined
  let at = 0
  const finish = (ending: Ending, reason?: SyntaxReason): ReadStream => {
    return { messages, unfinished, ending, reason, rest: at }
  }
  try {
    while (at < bytes.length) {
      unfinished = undefined
      const headStart = options.side === 'request' ? skipLeadingEmptyLine(bytes, at, bytes.length) : at
      const headEnd = findHeadEnd(bytes, headStart, bytes.length)
      if (headEnd < 0) {
        refuseBrokenHead(bytes, headStart, bytes.length)
        return finish('in-head')
      }
      const head =
        options.side === 'request'
          ? parseRequestHead(bytes, headStart, headEnd)
          : parseResponseHead(bytes, headStart, headEnd, options.requestMethod ?? 'GET')
      unfinished = { head, start: at, headEnd, end: headEnd, data: '', passedOn: '', trailers: [] }
      const done = readBody(bytes, unfinished, options)
      if (!done) return finish(head.framing.kind === 'until-close' ? 'until-close' : 'in-body')
      messages.push(unfinished)
      at = unfinished.end
      unfinished = undefined
      if (leadsElsewhere(head, options)) return finish('other-protocol')
      if (!head.keepAlive) return finish('closed')
    }
    return finish('between')
  } catch (error) {
    if (!(error instanceof HttpSyntaxError)) throw error
    return finish('refused', error.reason)
  }
}

function leadsElsewhere(head: RequestHead | ResponseHead, options: ReadOptions): boolean {
  if ('method' in head) return head.method === 'CONNECT' || head.upgrade !== undefined
  return head.status === 101 || (options.requestMethod === 'CONNECT' && head.status >= 200 && head.status < 300)
}

function readBody(bytes: Buffer, message: ReadMessage, options: ReadOptions): boolean {
  const { framing } = message.head
  const data = bodyReader(framing, { dataOnly: true })
  const passing = bodyReader(framing)
  feed(bytes, message.headEnd, data, options.nextSegment, (text) => {
    message.data += text
  })
  message.end = feed(bytes, message.headEnd, passing, options.nextSegment, (text) => {
    message.passedOn += text
  })
  if (passing.done !== data.done) throw new Error('the two modes disagree about the end of a body')
  if (passing instanceof ChunkedBody) message.trailers = passing.trailers
  return passing.done
}

function feed(
  bytes: Buffer,
  from: number,
  reader: BodyReader,
  nextSegment: (() => number) | undefined,
  piece: (text: string) => void,
): number {
  const sink = { piece: (view: Buffer) => piece(view.toString('latin1')) }
  let at = from
  while (!reader.done && at < bytes.length) {
    const size = nextSegment === undefined ? bytes.length - at : Math.min(nextSegment(), bytes.length - at)
    at += reader.read(bytes.subarray(at, at + size), sink)
  }
  return at
}
