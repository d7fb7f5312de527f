/**
 * The login of one MySQL caller, from the greeting it is told to the word that ends its authentication. It reads the
 * caller's answer before there is TLS and holds it until there is a verdict; then it stands between both sides, packet by
 * packet, and after that the tunnel does.
 */
import { brokenOff } from '../../backend/dial/network-errors.ts'
import type { OpenedConnection } from '../../backend/dial/open-connection.ts'
import { type MysqlPacket, MysqlPackets } from '../../backend/starttls/mysql-packets.ts'
import { SidecarError } from '../../errors.ts'
import type { Deadlines, Watched } from '../../wire/deadlines.ts'
import type { Wire, WireReader } from '../../wire/wire.ts'
import { faultOfAnswer } from './check-answer.ts'
import { errorPacket } from './error-packet.ts'
import { LoginRelay, type Relayed } from './login-relay.ts'

export interface MysqlLoginOptions {
  readonly deadlines: Deadlines
  /** For the caller to answer, and again for both together to get through the login. */
  readonly loginMs: number
  /** Called once if the login does not come about. */
  readonly failed: (error: SidecarError) => void
}

/** More than any client says of itself: its attributes may take 64 KiB. */
const ANSWER_BYTES_MAX = 70_000

const over = new Error('the login is over')

export class MysqlLogin implements Watched {
  deadline = 0
  readonly #options: MysqlLoginOptions
  readonly #packets = new MysqlPackets()
  #asked: PromiseWithResolvers<Buffer> | undefined
  #answer: MysqlPacket | undefined
  #relay: LoginRelay | undefined
  #backend: OpenedConnection['backend'] | undefined
  #isOver = false

  constructor(options: MysqlLoginOptions) {
    this.#options = options
  }

  /** The caller has been told the greeting of one backend, and can be told no other. */
  get isTold(): boolean {
    return this.#asked !== undefined
  }

  /** Tells the caller the greeting; gives what it answers, once that may go on. `early` is what it has said before. */
  ask(caller: Wire, early: Buffer, greeting: Buffer): Promise<Buffer> {
    // The caller may have left while its backend was dialled, and nobody would answer any more.
    if (this.#isOver) return Promise.reject(over)
    const asked = Promise.withResolvers<Buffer>()
    this.#asked = asked
    this.#watch()
    caller.reader = this.#reader((bytes) => this.#answered(caller, bytes), callerLeft)
    if (caller.hasEnded) this.#fail(callerLeft(undefined))
    else if (early.length > 0) this.#fail(badLogin('the client speaks before the greeting, as no MySQL client does'))
    else caller.write(greeting)
    caller.resume()
    return asked.promise
  }

  /** Carries the login between the two; `joined` is called when it is over, in time to take over both wires at once. */
  carry(caller: Wire, { backend, takeEarly }: OpenedConnection, joined: () => void): void {
    const relay = new LoginRelay(this.#answer as MysqlPacket)
    this.#relay = relay
    this.#backend = backend
    this.#watch()
    const { wire, destination } = backend
    const isOver = () => {
      const rest = relay.takeCallerRest()
      if (rest.length > 0) wire.write(rest)
      // The tunnel has it now.
      this.#backend = undefined
      this.end()
      joined()
    }
    const on = (to: Wire, relayed: Relayed, bad: (what: string) => SidecarError): void => {
      if (relayed.kind === 'bad') return this.#fail(bad(relayed.what))
      if (relayed.write.length > 0) to.write(relayed.write)
      if (relayed.isOver) isOver()
    }
    const badBackend = (what: string) =>
      new SidecarError('BACKEND_STARTTLS_FAILED', `backend ${destination.authority}: ${what}`)
    const fromBackend = (bytes: Buffer) => on(caller, relay.fromBackend(bytes), badBackend)
    caller.reader = this.#reader((bytes) => on(wire, relay.fromCaller(bytes), badLogin), callerLeft)
    wire.reader = this.#reader(fromBackend, (error) => brokenOff(destination.authority, 'during the login', error))
    wire.write(relay.opening)
    const early = takeEarly()
    if (early.length > 0) fromBackend(early)
    if (this.#isOver) return
    if (wire.hasEnded) return wire.reader.ended()
    caller.resume()
    wire.resume()
  }

  /** The words for a refusal, to be sent to the caller. */
  errorFor(error: SidecarError): Buffer {
    const number = this.#relay?.next ?? (this.isTold ? 2 : 0)
    return errorPacket(error, number)
  }

  /** Nobody waits for the login any more, or it is done; a backend that is still in it is let go. */
  end(): void {
    this.#isOver = true
    this.#backend?.wire.destroy()
    this.#backend = undefined
    this.deadline = 0
    this.#options.deadlines.unwatch(this)
    this.#asked?.reject(over)
  }

  expired(): void {
    const late = 'the client did not answer the greeting in time'
    if (this.#relay === undefined) return this.#fail(badLogin(late))
    if (this.#relay.awaited === 'caller') return this.#fail(badLogin('the client did not go on with its login in time'))
    const message = `backend ${this.#backend?.destination.authority}: did not go on with the login in time`
    this.#fail(new SidecarError('BACKEND_HANDSHAKE_TIMEOUT', message))
  }

  #answered(caller: Wire, bytes: Buffer): void {
    if (this.#answer !== undefined) return this.#fail(badLogin('the client goes on before the server has answered it'))
    this.#packets.push(bytes)
    if ((this.#packets.announced ?? 0) > ANSWER_BYTES_MAX) return this.#fail(badLogin('its answer is too long'))
    const answer = this.#packets.next()
    if (answer === undefined) return
    const ahead =
      this.#packets.takeRest().length > 0 ? 'the client goes on before the server has answered it' : undefined
    const fault = faultOfAnswer(answer) ?? ahead
    if (fault !== undefined) return this.#fail(badLogin(fault))
    this.#answer = answer
    // The backend's time runs from here on; what the caller says now waits in the kernel.
    this.deadline = 0
    caller.pause()
    this.#asked?.resolve(answer.payload)
  }

  #reader(take: (bytes: Buffer) => void, gone: (error: Error | undefined) => SidecarError): WireReader {
    return {
      bytes: (bytes) => {
        if (!this.#isOver) take(bytes)
      },
      ended: () => this.#fail(gone(undefined)),
      drained: () => {},
      closed: (error) => this.#fail(gone(error)),
    }
  }

  #watch(): void {
    this.deadline = performance.now() + this.#options.loginMs
    this.#options.deadlines.watch(this)
  }

  #fail(error: SidecarError): void {
    if (this.#isOver) return
    this.end()
    this.#options.failed(error)
  }
}

function badLogin(what: string): SidecarError {
  return new SidecarError('CALLER_BAD_LOGIN', what)
}

function callerLeft(error: Error | undefined): SidecarError {
  return new SidecarError('CALLER_LEFT', 'the caller left before its login was over', { cause: error })
}
