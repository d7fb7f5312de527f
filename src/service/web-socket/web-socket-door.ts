/**
 * Makes WebSockets of callers' connections. The library gets a request that has been read and judged already
 * (read-upgrade.ts), and from then on frames what passes. No compression: it would let a caller make us spend memory, and
 * lengths of what is inside would show.
 */
import type net from 'node:net'
import { WebSocketServer } from 'ws'
import { SidecarError } from '../../errors.ts'
import type { ServiceWebSocket } from '../../settings/service.ts'
import { MessageStream } from './message-stream.ts'
import type { UpgradeRequest } from './read-upgrade.ts'

export class WebSocketDoor {
  readonly #wish: ServiceWebSocket
  readonly #server: WebSocketServer

  constructor(wish: ServiceWebSocket) {
    this.#wish = wish
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: wish.messageBytes,
      handleProtocols: (offered) => wish.protocols.find((name) => offered.has(name)) ?? false,
    })
  }

  /** Answers the request on its socket; `ahead` is what came behind it. Throws CALLER_BAD_UPGRADE. */
  open(request: UpgradeRequest, socket: net.Socket, ahead: Buffer): MessageStream {
    let stream: MessageStream | undefined
    this.#server.handleUpgrade(request as Parameters<WebSocketServer['handleUpgrade']>[0], socket, ahead, (made) => {
      stream = new MessageStream(made, { pingMs: this.#wish.pingMs, broken })
    })
    // The library has answered by itself where it minds a key or a version, and ended the connection.
    if (stream === undefined)
      throw new SidecarError('CALLER_BAD_UPGRADE', 'the WebSocket request is not one of RFC 6455')
    return stream
  }
}

function broken(what: string, cause?: Error): SidecarError {
  return new SidecarError('CALLER_LEFT', `the WebSocket of the caller broke: ${what}`, { cause })
}
