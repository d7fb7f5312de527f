/**
 * A handshake between two others, followed as it passes: the client's hello, the server's answer (with a hello retry in
 * between, if there is one), and what the server of TLS 1.2 shows in the clear behind it. Decides nothing: it says what
 * was seen and where it stands, so that whoever holds the bytes back can let them go, or not.
 *
 *     client-hello ─▶ server-hello ─▶ (TLS 1.2: server-flight ─▶) seen
 *          ▲                │
 *          └── retry ───────┘        an alert instead of an answer: failed
 */
import { type ClientHello, readClientHello } from './client-hello.ts'
import { MessageReader } from './message-reader.ts'
import { readServerHello, type ServerHello } from './server-hello.ts'
import { readCertificates } from './server-messages.ts'
import { refuse } from './syntax-error.ts'

export type HandshakeStage = 'client-hello' | 'server-hello' | 'server-flight' | 'seen' | 'failed'

const TLS13 = 0x0304
const type = {
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateStatus: 22,
} as const

export class PassingHandshake {
  /** Whose turn it is, and what is waited for. */
  stage: HandshakeStage = 'client-hello'
  /** The last hello of the client; after a retry that is the second. */
  client: ClientHello | undefined
  server: ServerHello | undefined
  /** Of TLS 1.2 and before: DER, the server's own first; empty where a session was resumed and none was shown. */
  certificates: readonly Buffer[] = []
  /** Of TLS 1.2 and before, the body as it came: what it holds depends on the suite. */
  serverKeyExchange: Buffer | undefined
  readonly #fromClient = new MessageReader()
  readonly #fromServer = new MessageReader()

  /**
   * Takes bytes of the client while its hello is waited for, and tells how many belong to it: what follows is for after
   * the verdict. Throws HandshakeSyntaxError.
   */
  fromClient(bytes: Buffer): number {
    let at = 0
    while (this.stage === 'client-hello' && at < bytes.length) {
      at += this.#fromClient.read(bytes.subarray(at))
      const message = this.#fromClient.next()
      if (message === undefined) continue
      // Sent between two hellos for the sake of old middleboxes (RFC 8446 §D.4).
      if (message.kind === 'change-cipher-spec' && this.server?.isRetry) continue
      if (message.kind !== 'handshake') refuse('not-tls')
      if (message.type !== type.clientHello) refuse('unexpected-message')
      if (!this.#fromClient.isBetween) refuse('surplus')
      this.client = readClientHello(message.body)
      this.stage = 'server-hello'
    }
    return at
  }

  /** Takes bytes of the server while its answer is waited for. Throws HandshakeSyntaxError. */
  fromServer(bytes: Buffer): void {
    if (this.client === undefined) refuse('unexpected-message')
    let at = 0
    while (!this.#isOver && at < bytes.length) {
      at += this.#fromServer.read(bytes.subarray(at))
      let message = this.#fromServer.next()
      while (message !== undefined && !this.#isOver) {
        this.#heard(message)
        message = this.#fromServer.next()
      }
    }
  }

  get #isOver(): boolean {
    return this.stage === 'seen' || this.stage === 'failed'
  }

  #heard(message: NonNullable<ReturnType<MessageReader['next']>>): void {
    switch (message.kind) {
      case 'alert':
        this.stage = 'failed'
        return
      case 'change-cipher-spec':
        return this.#changedCipher()
      case 'application-data':
        return refuse('unexpected-message')
      case 'handshake':
        return this.stage === 'server-flight' ? this.#followed(message) : this.#answered(message)
    }
  }

  #answered(message: { readonly type: number; readonly body: Buffer }): void {
    if (this.stage !== 'server-hello' || message.type !== type.serverHello) refuse('unexpected-message')
    const isSecond = this.server?.isRetry === true
    const server = readServerHello(message.body)
    if (isSecond && (server.isRetry || server.version < TLS13)) refuse('unexpected-message')
    this.server = server
    if (server.isRetry) this.stage = 'client-hello'
    else this.stage = server.version >= TLS13 ? 'seen' : 'server-flight'
  }

  /** Of TLS 1.2 and before, in the order of RFC 5246 §7.3; the flight ends with ServerHelloDone. */
  #followed({ type: kind, body }: { readonly type: number; readonly body: Buffer }): void {
    switch (kind) {
      case type.certificate:
        if (this.certificates.length > 0) refuse('unexpected-message')
        this.certificates = readCertificates(body)
        return
      case type.serverKeyExchange:
        this.serverKeyExchange = body
        return
      case type.certificateStatus:
      case type.certificateRequest:
      case type.newSessionTicket:
        return
      case type.serverHelloDone:
        this.stage = 'seen'
        return
      default:
        refuse('unexpected-message')
    }
  }

  /** A resumed session of TLS 1.2 goes on encrypted right behind its hello, perhaps after a ticket (RFC 5077 §3.3). */
  #changedCipher(): void {
    // Behind a retry, before the answer proper (RFC 8446 §D.4).
    if (this.server?.isRetry) return
    if (this.stage !== 'server-flight' || this.certificates.length > 0) refuse('unexpected-message')
    this.stage = 'seen'
  }
}
