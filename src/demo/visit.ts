/**
 * Visits a destination through the proxy as any caller would: by absolute-form, so that the product opens TLS
 * itself, by CONNECT with TLS of the caller's own, and by Upgrade. Plain bytes on sockets, because what is of
 * interest is what the proxy says.
 */
import net from 'node:net'
import tls from 'node:tls'
import type { ErrorCode } from '../errors.ts'
import type { Finding } from '../policy/verdict.ts'
import { maskedTextFrame, textFrame } from './websocket-frame.ts'

/** Where a proxy listens. */
export interface ProxyAddress {
  readonly host: string
  readonly port: number
}

/** How a destination can be asked for. */
export type Way = 'originate' | 'connect' | 'upgrade'

/** What the caller was told. */
export interface Reply {
  /** 0 when the proxy closed without an answer. */
  readonly status: number
  /** Empty for an answer of the backend's own. */
  readonly error: ErrorCode | ''
  readonly findings: readonly Finding[]
  /** The product's sentence about a refusal, or the backend's body. */
  readonly text: string
}

/** What a visitor brings along. */
export interface Visitor {
  readonly proxy: ProxyAddress
  /** Certificates (PEM) the caller itself trusts, inside its own tunnel. */
  readonly trusts: readonly string[]
}

const TIMEOUT_MS = 15_000
const GREETING = Buffer.from('hello')

/** Visits `authority` once, in the way asked for. */
export async function visit({ proxy, trusts }: Visitor, authority: string, way: Way): Promise<Reply> {
  const socket = net.connect({ host: proxy.host, port: proxy.port })
  try {
    const reply = replyIn(await converse(socket, requestFor(authority, way), way))
    if (way !== 'connect' || reply.status !== 200) return reply
    const inside = tls.connect({ socket, ca: [...trusts], ...namesFor(authority) })
    return replyIn(await converse(inside, `GET / HTTP/1.1\r\nHost: ${authority}\r\n\r\n`, 'originate'))
  } finally {
    socket.destroy()
  }
}

/** One backend of the demo hangs up on whoever names it; its visitor checks the name all the same. */
function namesFor(authority: string): tls.ConnectionOptions {
  const host = authority.replace(/:\d+$/, '')
  return host.startsWith('no-sni.') ? { host, servername: '' } : { servername: host }
}

/** Sends a request and collects what comes until the answer is complete, the peer ends or time is up. */
function converse(socket: net.Socket, request: string, way: Way): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0)
    const collect = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (way === 'upgrade' && isSwitched(received)) socket.write(maskedTextFrame(GREETING))
      if (isComplete(received, way)) finish()
    }
    const finish = () => {
      socket.setTimeout(0)
      // What a tunnel carries next is not for this conversation.
      socket.off('data', collect).off('end', finish).off('error', reject).pause()
      resolve(received)
    }
    socket.setTimeout(TIMEOUT_MS, finish)
    socket.on('error', reject).on('end', finish).on('data', collect)
    socket.write(request)
  })
}

function requestFor(authority: string, way: Way): string {
  if (way === 'connect') return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`
  const fields =
    way === 'originate'
      ? ['Connection: close']
      : ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${NONCE}`]
  return `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n${fields.join('\r\n')}\r\n\r\n`
}

/** The example key of RFC 6455: a demo has nothing to hide from a cache. */
const NONCE = 'dGhlIHNhbXBsZSBub25jZQ=='
const HEAD_END = '\r\n\r\n'

/** True when 101 has just come and the echo has not. */
function isSwitched(received: Buffer): boolean {
  return statusOf(received) === 101 && received.indexOf(HEAD_END) + HEAD_END.length === received.length
}

function isComplete(received: Buffer, way: Way): boolean {
  const headEnd = received.indexOf(HEAD_END)
  if (headEnd === -1) return false
  const status = statusOf(received)
  if (way === 'connect' && status === 200) return true
  const body = received.subarray(headEnd + HEAD_END.length)
  if (status === 101) return body.equals(textFrame(GREETING))
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.toString('latin1', 0, headEnd))
  return length !== null && body.length >= Number(length[1])
}

function statusOf(received: Buffer): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(received.toString('latin1', 0, 12))?.[1] ?? 0)
}

interface Problem {
  readonly type?: string
  readonly detail?: string
  readonly findings?: readonly Finding[]
}

function replyIn(received: Buffer): Reply {
  const headEnd = received.indexOf(HEAD_END)
  const head = received.toString('latin1', 0, Math.max(headEnd, 0))
  const text = headEnd === -1 ? '' : received.toString('utf8', headEnd + HEAD_END.length)
  const status = statusOf(received)
  if (!/\r\ncontent-type: *application\/problem\+json/i.test(head)) return { status, error: '', findings: [], text }
  const problem = JSON.parse(text) as Problem
  return {
    status,
    error: (problem.type ?? '').replace('urn:vedette:error:', '') as ErrorCode,
    findings: problem.findings ?? [],
    text: problem.detail ?? '',
  }
}
