/**
 * llhttp itself, in this process: the parser of node:http in its strict mode, driven as the server and the client of
 * Node drive it. Node has no public door to it; `_http_common` is the one that undici and test suites use.
 * If a Node release closes it, this file fails to load and every differential test with it.
 */

import { METHODS } from 'node:http'
import { createRequire } from 'node:module'

/** One message as llhttp told it. */
export interface Heard {
  method: string
  target: string
  minor: number
  status: number
  reason: string
  fields: string[]
  body: string
  trailers: string[]
  /** Whether what follows is another protocol (CONNECT, Upgrade). */
  upgrade: boolean
  keepAlive: boolean
  complete: boolean
}

/** Whether the messages are requests or responses. */
export type Side = 'request' | 'response'

interface NativeParser {
  [event: number]: unknown
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void
  execute(bytes: Buffer): number | (Error & { code: string; reason: string })
  close(): void
  finish(): undefined | (Error & { code: string; reason: string })
}

interface HttpParserClass {
  new (): NativeParser
  readonly REQUEST: number
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
  readonly kLenientNone: number
}

const require = createRequire(import.meta.url)
const { HTTPParser } = require('node:_http_common') as { HTTPParser: HttpParserClass }

const maxHeaderSize = 1 << 20

/** A parser fed in order; it stops for good at the first refusal. */
export class Llhttp {
  readonly messages: Heard[] = []
  refused: string | undefined
  private readonly parser: NativeParser = new HTTPParser()
  private readonly requestMethod: string

  /** For responses `requestMethod` says what was asked: the answer to HEAD has no body. */
  constructor(side: Side, requestMethod = 'GET') {
    this.requestMethod = requestMethod
    const type = side === 'request' ? HTTPParser.REQUEST : HTTPParser.RESPONSE
    this.parser.initialize(type, {}, maxHeaderSize, HTTPParser.kLenientNone)
    let early: string[] = []
    let earlyTarget = ''
    // Called in batches when a head has many fields, and once more for the trailers.
    this.parser[HTTPParser.kOnHeaders] = (fields: string[], target: string) => {
      const last = this.messages.at(-1)
      if (last !== undefined && !last.complete) last.trailers.push(...fields)
      else {
        early.push(...fields)
        earlyTarget += target
      }
    }
    this.parser[HTTPParser.kOnHeadersComplete] = (...told: unknown[]) => {
      const heard = heardFrom(told, early, earlyTarget)
      early = []
      earlyTarget = ''
      this.messages.push(heard)
      return side === 'response' && this.hasNoBody(heard) ? 1 : 0
    }
    this.parser[HTTPParser.kOnBody] = (bytes: Buffer) => {
      const last = this.messages.at(-1) as Heard
      last.body += bytes.toString('latin1')
    }
    this.parser[HTTPParser.kOnMessageComplete] = () => {
      const last = this.messages.at(-1) as Heard
      last.complete = true
    }
  }

  feed(bytes: Buffer): void {
    if (this.refused !== undefined || bytes.length === 0) return
    const result = this.parser.execute(bytes)
    if (typeof result !== 'number') this.refused = `${result.code} ${result.reason}`
  }

  /** Tells the parser that the connection has ended. */
  end(): void {
    if (this.refused !== undefined) return
    const result = this.parser.finish()
    if (result !== undefined) this.refused = `${result.code} ${result.reason}`
  }

  /** Lets go of the native parser, which no garbage collector takes. */
  close(): void {
    this.parser.close()
  }

  get completed(): number {
    return this.messages.filter((message) => message.complete).length
  }

  private hasNoBody(heard: Heard): boolean {
    return this.requestMethod === 'HEAD' && heard.status >= 200
  }
}

function heardFrom(told: readonly unknown[], early: readonly string[], earlyTarget: string): Heard {
  const [, minor, fields, method, target, status, reason, upgrade, keepAlive] = told
  return {
    method: typeof method === 'number' ? (methodNames.get(method) ?? '') : '',
    target: (target as string | undefined) ?? earlyTarget,
    minor: minor as number,
    status: (status as number | undefined) ?? 0,
    reason: (reason as string | undefined) ?? '',
    fields: [...early, ...((fields as string[] | undefined) ?? [])],
    body: '',
    trailers: [],
    upgrade: upgrade as boolean,
    keepAlive: keepAlive as boolean,
    complete: false,
  }
}

/** llhttp tells a method by its number; what number a name has is asked of itself. */
const methodNames = new Map<number, string>()
for (const name of METHODS) {
  const parser = new HTTPParser()
  parser.initialize(HTTPParser.REQUEST, {}, maxHeaderSize, HTTPParser.kLenientNone)
  parser[HTTPParser.kOnHeadersComplete] = (...told: unknown[]) => {
    methodNames.set(told[3] as number, name)
    return 0
  }
  parser.execute(Buffer.from(`${name} ${name === 'CONNECT' ? 'a:1' : '/'} HTTP/1.1\r\nHost: a\r\n\r\n`))
  parser.close()
}
