/**
 * What the load generator asks: a mix of everyday and awkward requests, each a function of its number alone, so that
 * a failed one can be asked again. The awkward ones (slow bodies, late or dripping answers) are there to be in
 * mid-request when the policy changes.
 */
import { bodyOf, factsOf, factsText } from './body.ts'

export type QuestionKind =
  | 'get'
  | 'get-chunked'
  | 'get-late'
  | 'get-dripping'
  | 'post'
  | 'post-chunked'
  | 'post-slow'
  | 'get-fresh'

/** A request ready to be written, in pieces with pauses between them. */
export interface Question {
  readonly id: number
  readonly kind: QuestionKind
  readonly method: 'GET' | 'POST'
  readonly pieces: readonly Buffer[]
  /** Between two pieces; 0 writes them at once. */
  readonly pauseMs: number
  readonly answerBytes: number
  /** What the backend must say it got. */
  readonly got: string
}

/** Shares of a hundred. */
const mix: readonly (readonly [QuestionKind, number])[] = [
  ['get', 50],
  ['get-chunked', 10],
  ['get-late', 5],
  ['get-dripping', 5],
  ['post', 15],
  ['post-chunked', 10],
  ['post-slow', 5],
]

const SMALL = 200
const MIDDLE = 20_000
const LARGE = 100_000
const POST_MAX = 4_096
const SLOW_POST = 65_536
const LATE_MS = 200
const DRIP_MS = 20
const PAUSE_MS = 15

/** Makes request number `id` for a backend; `kind` overrides the mix. */
export function makeQuestion(id: number, authority: string, kind = kindOf(id)): Question {
  const answerBytes = kind === 'get-chunked' ? MIDDLE : kind === 'get-dripping' ? LARGE : SMALL
  const flags = kind === 'get-chunked' ? '&chunked=1' : kind === 'get-dripping' ? `&drip=${DRIP_MS}` : ''
  const delay = kind === 'get-late' ? `&delay=${scatter(id) % LATE_MS}` : ''
  const target = `http://${authority}/?id=${id}&answer=${answerBytes}${flags}${delay}`
  const method = kind.startsWith('post') ? 'POST' : 'GET'
  const body = method === 'POST' ? bodyOf(id, kind === 'post-slow' ? SLOW_POST : 1 + (scatter(id) % POST_MAX)) : NOTHING
  const head = `${method} ${target} HTTP/1.1\r\nHost: ${authority}\r\nAccept: */*\r\nUser-Agent: vedette-bench\r\n`
  return {
    id,
    kind,
    method,
    pieces: kind === 'post-chunked' ? chunkedPieces(head, body) : plainPieces(head, body, kind),
    pauseMs: kind === 'post-chunked' || kind === 'post-slow' ? scatter(id) % PAUSE_MS : 0,
    answerBytes,
    got: factsText(factsOf(body)),
  }
}

function plainPieces(head: string, body: Buffer, kind: QuestionKind): Buffer[] {
  if (!kind.startsWith('post')) return [Buffer.from(`${head}\r\n`)]
  const start = Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`)
  if (kind !== 'post-slow') return [Buffer.concat([start, body])]
  const half = body.length >> 1
  return [start, body.subarray(0, half), body.subarray(half)]
}

function chunkedPieces(head: string, body: Buffer): Buffer[] {
  const third = Math.ceil(body.length / 3)
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; at += third) {
    const part = body.subarray(at, at + third)
    chunks.push(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]))
  }
  return [Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunks, Buffer.from('0\r\n\r\n')]
}

function kindOf(id: number): QuestionKind {
  let left = scatter(id) % 100
  for (const [kind, share] of mix) {
    left -= share
    if (left < 0) return kind
  }
  return 'get'
}

/** Spreads consecutive numbers, so that kinds and delays come in no order. */
function scatter(id: number): number {
  let value = Math.imul(id ^ (id >>> 16), 0x45d9f3b)
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  return (value ^ (value >>> 16)) >>> 0
}

const NOTHING = Buffer.alloc(0)
