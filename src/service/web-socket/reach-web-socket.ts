/**
 * A WebSocket over a connection to a backend that has been judged, or that the policy lets out in plain text. The library
 * makes the request and frames what passes; what came back is judged by judge-answer.ts before anything of the caller
 * goes out. No compression is asked for: it would let a backend make us spend memory, and lengths would show.
 */
import type net from 'node:net'
import { WebSocket } from 'ws'
import { brokenOff, lateRefusal } from '../../backend/dial/network-errors.ts'
import type { OpenedConnection } from '../../backend/dial/open-connection.ts'
import { type ErrorCode, SidecarError } from '../../errors.ts'
import type { BackendWebSocket, ServiceBackend } from '../../settings/service.ts'
import type { Deadlines, Watched } from '../../wire/deadlines.ts'
import { Wire } from '../../wire/wire.ts'
import { faultOfAnswer } from './judge-answer.ts'
import { MessageStream } from './message-stream.ts'

export interface WebSocketWish extends BackendWebSocket {
  readonly backend: ServiceBackend
  /** For the TLS handshake, which is over, and for this. */
  readonly handshakeMs: number
  readonly deadlines: Deadlines
}

const NOTHING = Buffer.alloc(0)

/**
 * Asks for it on a connection opened with `givenOn`; what the connection carries from then on is what is inside of
 * messages. Throws BACKEND_UPGRADE_REFUSED, BACKEND_BAD_UPGRADE, BACKEND_HANDSHAKE_TIMEOUT, or what ended the connection.
 */
export async function reachWebSocket({ backend }: OpenedConnection, wish: WebSocketWish): Promise<OpenedConnection> {
  if (backend.wire.destroyed) {
    throw brokenOff(
      `backend ${backend.destination.authority}`,
      'before it was asked for a WebSocket',
      backend.wire.error,
    )
  }
  const wire = await new Asking(backend, wish).made
  return { backend: { ...backend, wire }, takeEarly: () => NOTHING }
}

/** One request under way: it owns the connection until it has been answered. */
class Asking implements Watched {
  deadline: number
  readonly made: Promise<Wire>
  readonly #settle = Promise.withResolvers<Wire>()
  readonly #backend: OpenedConnection['backend']
  readonly #wish: WebSocketWish
  readonly #client: WebSocket
  #key = ''

  constructor(backend: OpenedConnection['backend'], wish: WebSocketWish) {
    this.made = this.#settle.promise
    this.#backend = backend
    this.#wish = wish
    this.deadline = performance.now() + Math.max(1, wish.handshakeMs - backend.phases.tlsMs)
    wish.deadlines.watch(this)
    this.#client = this.#ask(backend.wire.detach(NOTHING))
    this.#listen(this.#client)
  }

  expired(): void {
    this.#fail('BACKEND_HANDSHAKE_TIMEOUT', 'did not answer the request for a WebSocket in time')
  }

  #ask(socket: net.Socket): WebSocket {
    const { backend, protocols, origin, messageBytes } = this.#wish
    return new WebSocket(`${backend.scheme}://${backend.authority}${backend.path}`, [...protocols], {
      createConnection: () => socket,
      finishRequest: (request) => {
        this.#key = String(request.getHeader('sec-websocket-key'))
        // It is paused since it was detached, and told only now that somebody reads it.
        request.once('socket', () => socket.resume())
        request.end()
      },
      perMessageDeflate: false,
      maxPayload: messageBytes,
      ...(origin === undefined ? {} : { origin }),
    })
  }

  #listen(client: WebSocket): void {
    const { protocols } = this.#wish
    client.once('unexpected-response', (_request, { statusCode, statusMessage = '', headers: { location } }) => {
      const to = location === undefined ? '' : `, which points to ${JSON.stringify(location.slice(0, LOCATION_MAX))}`
      this.#fail('BACKEND_UPGRADE_REFUSED', `answered with ${statusCode} ${JSON.stringify(statusMessage)}${to}`)
    })
    client.once('upgrade', (answer) => {
      const fault = faultOfAnswer(answer, { key: this.#key, protocols })
      if (fault !== undefined) this.#fail('BACKEND_BAD_UPGRADE', fault)
    })
    // Listened to for as long as it lives: an 'error' without a listener kills the process.
    client.on('error', (error) => this.#broke(error))
    client.once('open', () => this.#done(client))
  }

  #done(client: WebSocket): void {
    this.#wish.deadlines.unwatch(this)
    const { pingMs } = this.#wish
    const broken = (what: string, cause?: Error) =>
      lateRefusal(this.#authority, cause) ??
      new SidecarError('BACKEND_CLOSED_EARLY', `the WebSocket of backend ${this.#authority} broke: ${what}`, { cause })
    const stream = new MessageStream(client, { pingMs, broken })
    // At once: what came behind the answer is read in the same breath, and may break it.
    const wire = Wire.overSocket(stream as unknown as net.Socket, nobodyYet)
    wire.pause()
    this.#settle.resolve(wire)
  }

  #broke(error: NodeJS.ErrnoException): void {
    const refusal = lateRefusal(this.#authority, error)
    if (refusal !== undefined) return this.#reject(refusal)
    // The library's own words, and those of the parser of answers, are about what came back.
    const isAnswer = error.code === undefined || error.code.startsWith('HPE_')
    if (isAnswer)
      return this.#fail('BACKEND_BAD_UPGRADE', `gave an answer that cannot be used: ${error.message}`, error)
    this.#fail('BACKEND_CLOSED_EARLY', 'closed the connection before it had answered', error)
  }

  #fail(code: ErrorCode, what: string, cause?: Error): void {
    this.#reject(new SidecarError(code, `backend ${this.#authority}, asked for a WebSocket: ${what}`, { cause }))
  }

  #reject({ code, message, details, cause }: SidecarError): void {
    this.#wish.deadlines.unwatch(this)
    this.#settle.reject(new SidecarError(code, message, { details: { ...details, ...judged(this.#backend) }, cause }))
    this.#client.terminate()
    this.#backend.wire.destroy()
  }

  get #authority(): string {
    return this.#backend.destination.authority
  }
}

/** What the line in the log says of the handshake that went before. */
function judged({ verdict, tls, address, phases }: OpenedConnection['backend']) {
  return { address, phases, ...(verdict === undefined ? {} : { verdict, tls }) }
}

/** Nobody reads before the tunnel does, and nothing is lost: the wire is paused until then. */
const nobodyYet = { bytes() {}, ended() {}, drained() {}, closed() {} }
const LOCATION_MAX = 200
