/**
 * The one file that tells Node not to refuse a certificate by itself. Node reports a single fault and looks at the
 * name only when there is no other, so its refusal would hide what an operator needs to know; the connection that
 * comes out of here has been judged by NOBODY. Only verify.ts may call this, and gives it to nobody else unjudged.
 */
import net from 'node:net'
import tls from 'node:tls'
import type { Destination } from '../../policy/destination.ts'
import type { Deadlines, Watched } from '../../wire/deadlines.ts'
import { watchEnd } from '../../wire/raw-handle.ts'
import { Wire, type WireReader } from '../../wire/wire.ts'
import { PlainBeginning, type Preface, PrefaceError } from '../starttls/plain-beginning.ts'
import { type Upstream, upstreamFailure } from '../upstream/upstream-of.ts'
import { DialError } from './dial-error.ts'
import { connectFailure, type DialFailure, type FailedAttempt, handshakeFailure } from './network-errors.ts'

export interface DialWish {
  readonly destination: Destination
  /** The checked addresses, in the order to try; the name is not resolved again. */
  readonly addresses: readonly string[]
  readonly timeouts: { readonly connectMs: number; readonly handshakeMs: number }
  readonly deadlines: Deadlines
  /** Left out for plain TCP. */
  readonly tls?: TlsWish
  /** What goes over the connection before TLS, or before anything else. */
  readonly preface?: Preface
  /** The proxy that `addresses` lead to, to be asked for the destination. */
  readonly upstream?: Upstream | undefined
  /**
   * What becomes of bytes that come before anybody asked. Most backends must not send any (`refused`); a mail server's
   * greeting may come with the end of its handshake, and is `kept` for the caller, or `ignored` where nobody reads on.
   */
  readonly greeting?: 'refused' | 'ignored' | 'kept'
  /** The socket is to be given away with `Wire.detach`: it reads into buffers of its own. */
  readonly givenOn?: boolean
}

export interface TlsWish {
  readonly secureContext: tls.SecureContext
  /** Empty for none. */
  readonly serverName: string
  readonly alpn: readonly string[]
  readonly session: Buffer | undefined
  /** Called with every session ticket the backend gives out, also long after the handshake; undefined wants none. */
  readonly onSession: ((session: Buffer) => void) | undefined
  /** Asks the backend to staple an OCSP answer. */
  readonly wantsStaple: boolean
}

/** A connection, made and not judged. */
export interface Dialled {
  readonly wire: Wire
  readonly address: string
  readonly connectMs: number
  readonly tlsMs: number
  /** Gives what the backend has said already, for the caller; to be called when its reader is replaced. */
  takeEarly(): Buffer
  /** The OCSP answer that the backend stapled, as it came. */
  readonly staple: Buffer | undefined
}

/**
 * Connects to the first address that accepts, and shakes hands with it. An address that cannot be reached leads to
 * the next; one that accepts and then fails in TLS ends the dial, for it is the backend that was meant.
 */
export async function dangerouslyConnect(wish: DialWish): Promise<Dialled> {
  const { destination, addresses, timeouts } = wish
  const attempts: FailedAttempt[] = []
  const end = performance.now() + timeouts.connectMs
  for (const [index, address] of addresses.entries()) {
    // A silent address must leave time for those behind it, so the time left is shared among them.
    const connectMs = Math.max(1, (end - performance.now()) / (addresses.length - index))
    const attempt = new Attempt(wish, address, connectMs)
    try {
      return await attempt.made
    } catch (cause) {
      attempts.push({ address, failure: attempt.failureOf(cause as NodeJS.ErrnoException), cause })
      const isLast = index === addresses.length - 1
      if (isLast || attempt.isConnected) throw new DialError(destination.authority, attempts, attempt)
    }
  }
  throw new TypeError(`no address to dial for ${destination.authority}`)
}

const spokeFirst: DialFailure = { code: 'BACKEND_HANDSHAKE_FAILED', what: 'spoke before TLS, which no TLS server does' }

/** One address being dialled: it owns the socket, its deadline and whatever arrives too early. */
class Attempt implements Watched, WireReader {
  deadline: number
  connectMs = 0
  tlsMs = 0
  isConnected = false
  hasAsked = false
  readonly made: Promise<Dialled>
  readonly #settle = Promise.withResolvers<Dialled>()
  #wire: Wire
  readonly #early: Buffer[] = []
  readonly #wish: DialWish
  readonly #address: string
  readonly #startedMs = performance.now()
  #isLate = false
  #isSecured = false
  #beginning: PlainBeginning | undefined
  #staple: Buffer | undefined

  constructor(wish: DialWish, address: string, connectMs: number) {
    this.#wish = wish
    this.#address = address
    this.made = this.#settle.promise
    this.deadline = this.#startedMs + connectMs
    const { tls: secured, preface, upstream } = wish
    if (upstream !== undefined) this.#wire = this.#startBehind({ ...preface, opening: upstream.opening() }, secured)
    else if (secured !== undefined && preface !== undefined) this.#wire = this.#startBehind(preface, secured)
    else this.#wire = this.#start(secured)
    this.#wire.socket.once('connect', () => this.#connected())
    wish.deadlines.watch(this)
  }

  /** What the error that ended this attempt means. */
  failureOf(error: NodeJS.ErrnoException): DialFailure {
    if (error instanceof PrefaceError) return error.failure
    const { upstream } = this.#wish
    if (upstream !== undefined && this.#beginning?.isThere === false) {
      return upstreamFailure(upstream, this.#isLate ? undefined : error)
    }
    if (this.#isLate && this.isConnected && this.#beginning?.isOver === false) {
      return { code: 'BACKEND_HANDSHAKE_TIMEOUT', what: 'did not get to the beginning of TLS in time' }
    }
    if (this.#isLate && this.isConnected) {
      return { code: 'BACKEND_HANDSHAKE_TIMEOUT', what: 'did not finish the TLS handshake in time', broken: true }
    }
    if (this.#isLate) return { code: 'BACKEND_CONNECT_TIMEOUT', what: 'did not accept the connection in time' }
    return this.isConnected ? handshakeFailure(error) : connectFailure(error)
  }

  expired(): void {
    this.#isLate = true
    this.#fail(new Error('deadline'))
  }

  /** A backend that speaks before it is asked, before anybody judged it, is not one to go on with. */
  bytes(chunk: Buffer): void {
    const { greeting = 'refused' } = this.#wish
    if (greeting === 'ignored') return
    if (greeting === 'refused') return this.#wire.destroy(new Error('bytes before the first request'))
    this.#early.push(Buffer.from(chunk))
    this.#wire.pause()
  }

  ended(): void {
    if (this.isConnected && !this.#wish.tls) return
    // One that has said something and ends is heard to the end, once it is judged.
    if (this.#early.length > 0 && this.#isSecured) return
    this.#wire.destroy(Object.assign(new Error('ended during the handshake'), { code: 'ECONNRESET' }))
  }

  drained(): void {}

  closed(error: Error | undefined): void {
    this.#fail(error ?? Object.assign(new Error('closed during the dial'), { code: 'ECONNRESET' }))
  }

  /** Begins with TLS, or with whatever a plain connection is for. */
  #start(wish: TlsWish | undefined): Wire {
    const wire = new Wire(this)
    this.#attach(wire, (target) => (wish === undefined ? net.connect(target) : this.#secure(wish, target)))
    return wire
  }

  /** Begins in plain text, and with TLS on the same connection once it is time. */
  #startBehind(preface: Preface, wish: TlsWish | undefined): Wire {
    const beginning = new PlainBeginning(this.#patient(preface), {
      ready: (socket, greeting) => {
        if (wish === undefined) return this.#plain(greeting)
        // Only a dialogue knows that what it was told is a greeting; anything else is put in front of the session.
        if (greeting.length > 0 && preface.dialect === undefined) return this.#fail(new PrefaceError(spokeFirst))
        if (greeting.length > 0) this.#early.push(greeting)
        // Over a connected socket Node takes no read buffer.
        this.#wire = new Wire(this)
        this.#wire.attachStream(this.#secure(wish, { socket, host: this.#address }))
      },
      failed: (error) => this.#fail(error),
    })
    const { wire } = beginning
    // Under TLS it is the session's socket that is given on.
    this.#attach(wire, net.connect, { givenOn: wish === undefined && this.#wish.givenOn === true })
    this.#beginning = beginning
    return wire
  }

  /** While the caller is asked, the time of the backend stands still. */
  #patient(preface: Preface): Preface {
    const { ask } = preface
    if (ask === undefined) return preface
    return {
      ...preface,
      ask: (greeting) => {
        const leftMs = this.deadline - performance.now()
        this.deadline = 0
        this.hasAsked = true
        return ask(greeting).finally(() => {
          this.deadline = performance.now() + leftMs
        })
      },
    }
  }

  #secure(wish: TlsWish, over: tls.ConnectionOptions): tls.TLSSocket {
    const socket = tls.connect({
      ...over,
      secureContext: wish.secureContext,
      // An empty name sends no SNI; without the option Node would send the address as it sends any host.
      servername: wish.serverName,
      ALPNProtocols: [...wish.alpn],
      ...(wish.session ? { session: wish.session } : {}),
      requestOCSP: wish.wantsStaple,
      // Node's own verdict would be one fault of many: findings.ts gathers them all, verify.ts decides.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    watchEnd(socket)
    if (wish.onSession) socket.on('session', wish.onSession)
    // It comes before the end of the handshake, or not at all; null stands for none.
    if (wish.wantsStaple) socket.once('OCSPResponse', (staple) => this.#stapled(staple))
    socket.once('secureConnect', () => this.#secured())
    return socket
  }

  #attach(
    wire: Wire,
    connect: (target: net.TcpNetConnectOpts) => net.Socket,
    { givenOn = false }: Pick<DialWish, 'givenOn'> = this.#wish,
  ): void {
    const { upstream, destination } = this.#wish
    const target = { host: this.#address, port: upstream?.port ?? destination.port, allowHalfOpen: true }
    // A socket with a read buffer hands its bytes to this wire alone, for as long as it lives.
    if (givenOn) wire.attachStream(connect(target))
    else wire.attach(connect({ ...target, onread: wire.onread }))
  }

  #connected(): void {
    this.isConnected = true
    this.connectMs = performance.now() - this.#startedMs
    const { tls: secured, preface, timeouts } = this.#wish
    if (secured === undefined && this.#beginning === undefined) {
      if (preface?.header !== undefined) this.#wire.write(preface.header)
      return this.#done()
    }
    this.deadline = performance.now() + timeouts.handshakeMs
    this.#beginning?.connected()
  }

  /** A plain connection is through its upstream proxy. */
  #plain(greeting: Buffer): void {
    this.#wire.reader = this
    if (greeting.length > 0) this.bytes(greeting)
    this.#done()
  }

  #stapled(staple: Buffer | null): void {
    // A copy: OpenSSL owns the bytes only as long as the handshake lasts.
    if (staple !== null) this.#staple = Buffer.from(staple)
  }

  #secured(): void {
    this.tlsMs = performance.now() - this.#startedMs - this.connectMs
    this.#isSecured = true
    this.#done()
  }

  #done(): void {
    this.#unwatch()
    const { connectMs, tlsMs } = this
    const early = this.#early
    // Asked for when it is needed: the greeting may come in the same breath as the end of the handshake.
    const dialled = {
      wire: this.#wire,
      address: this.#address,
      connectMs,
      tlsMs,
      staple: this.#staple,
      takeEarly: () => Buffer.concat(early.splice(0)),
    }
    this.#settle.resolve(dialled)
  }

  #fail(error: Error): void {
    this.#unwatch()
    if (this.isConnected && this.tlsMs === 0) this.tlsMs = performance.now() - this.#startedMs - this.connectMs
    this.#settle.reject(error)
    this.#wire.destroy()
  }

  #unwatch(): void {
    this.deadline = 0
    this.#wish.deadlines.unwatch(this)
  }
}
