/**
 * One caller of the proxy's SOCKS5 door: it says who it is where we ask, where it wants to go, and from there on it is
 * a tunnel as CONNECT makes it. It stays with the generation that took it, for it asks only once.
 */
import type { OpenConnection } from '../../backend/judge/reweigh.ts'
import { asSidecarError, SidecarError } from '../../errors.ts'
import type { Watched } from '../../wire/deadlines.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import { Wire, type WireReader } from '../../wire/wire.ts'
import type { EntranceCaller, EntranceContext } from '../entrance-context.ts'
import type { RequestRecord } from '../request-record.ts'
import type { CallerConnection, Work } from '../work.ts'
import { isKnownUser } from './known-user.ts'
import {
  type Credentials,
  readCredentials,
  readMethods,
  readRequest,
  type SocksRead,
  type SocksTarget,
  socksMethods,
} from './read-socks.ts'
import { replyFor, socksVoice, writeReply } from './socks-voice.ts'

const NOTHING = Buffer.alloc(0)
/** How long a caller that was refused may take to read why. */
const LINGER_MS = 500

export class SocksCaller implements CallerConnection, EntranceCaller, WireReader, Watched {
  deadline: number
  readonly wire: Wire
  /** A connection carries one tunnel, and nothing before or after it. */
  readonly lastAnswer = true
  readonly #entrance: EntranceContext
  readonly #record: RequestRecord
  #held: Buffer = NOTHING
  /** What the next bytes are; undefined once there is a work to give them to. */
  #expects: 'methods' | 'credentials' | 'request' | undefined = 'methods'
  #work: Work | undefined
  #isConsuming = false
  #isLeaving = false

  constructor(entrance: EntranceContext, handle: TcpHandle) {
    this.#entrance = entrance
    this.wire = Wire.overHandle(handle, this)
    this.#record = entrance.newRecord(this)
    this.#record.beginSocks()
    // The clock runs from the start and for all of it: whoever drips wins no time.
    this.deadline = performance.now() + entrance.timeouts.headMs
    entrance.deadlines.watch(this)
  }

  get busy(): boolean {
    return this.#work !== undefined
  }

  get held(): OpenConnection | undefined {
    return this.#work?.held
  }

  // --- what the caller does ---

  bytes(chunk: Buffer): void {
    if (this.#isLeaving) return
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk])
    this.pump()
  }

  ended(): void {
    if (this.#isLeaving) return this.wire.finish()
    if (this.#work !== undefined) return this.#work.callerEnded()
    this.#finish(left('the caller ended before it had asked for anything'))
    this.#leave()
  }

  drained(): void {
    this.#work?.callerDrained()
  }

  closed(error: Error | undefined): void {
    const work = this.#work
    this.#work = undefined
    if (work !== undefined) work.callerClosed(error)
    else if (!this.#isLeaving) this.#finish(left('the caller left before it had asked for anything', error))
    this.#isLeaving = true
    this.#entrance.left(this)
  }

  expired(): void {
    if (this.#isLeaving) return this.wire.destroy()
    if (this.#work !== undefined) return this.#work.expired()
    this.#finish(new SidecarError('CALLER_TIMEOUT', 'the caller did not say in time where it wants to go'))
    this.wire.reset()
  }

  // --- what its work and its entrance do with it ---

  pump(): void {
    if (this.#isConsuming) return
    this.#isConsuming = true
    while (this.#held.length > 0 && !this.#isLeaving) {
      const taken = this.#take(this.#held)
      if (taken === 0) break
      this.#held = this.#held.subarray(taken)
    }
    this.#isConsuming = false
    if (this.#isLeaving) return
    if (this.#held.length >= this.#entrance.limits.headBytes) this.wire.pause()
    else this.wire.resume()
  }

  done(): void {
    this.#leave()
  }

  handOff(): Buffer {
    const ahead = this.#held
    this.#held = NOTHING
    this.#work = undefined
    this.#isLeaving = true
    this.deadline = 0
    return ahead
  }

  refuse(error: SidecarError): void {
    this.#finish(error)
    this.#leave()
  }

  /** It has asked already, or asks in a moment: there is nothing to give away. */
  retire(): void {}

  cut(reason?: SidecarError): void {
    const work = this.#work
    this.#work = undefined
    if (work !== undefined) work.cut(reason)
    else if (!this.#isLeaving) {
      this.#finish(reason ?? new SidecarError('INTERNAL_DRAINING', 'the drain deadline cut the caller before it asked'))
    }
    this.#isLeaving = true
    this.wire.reset()
  }

  // --- the steps ---

  #take(bytes: Buffer): number {
    switch (this.#expects) {
      case 'methods':
        return this.#read(readMethods(bytes), (methods) => this.#choose(methods))
      case 'credentials':
        return this.#read(readCredentials(bytes), (credentials) => this.#identify(credentials))
      case 'request':
        return this.#read(readRequest(bytes), (target) => this.#begin(target))
      case undefined:
        return this.#work?.take(bytes) ?? 0
    }
  }

  #read<Message>(read: SocksRead<Message>, then: (message: Message) => void): number {
    if (read.kind === 'more') return 0
    if (read.kind === 'message') {
      then(read.message)
      return read.length
    }
    // Before the request there is no reply that a stranger to SOCKS would understand.
    if (this.#expects === 'request') this.wire.write(writeReply(read.reply ?? 'failed'))
    this.refuse(new SidecarError('CALLER_BAD_SOCKS', read.what))
    return 0
  }

  #choose(methods: readonly number[]): void {
    const method = this.#entrance.socksUsers === undefined ? 'none' : 'password'
    if (!methods.includes(socksMethods[method])) {
      this.wire.write(Buffer.from([5, socksMethods.noneAcceptable]))
      const asked = method === 'none' ? 'to come without saying who it is' : 'to give a user and password'
      return this.refuse(new SidecarError('CALLER_NOT_AUTHENTICATED', `the caller does not offer ${asked}`))
    }
    this.wire.write(Buffer.from([5, socksMethods[method]]))
    this.#expects = method === 'none' ? 'request' : 'credentials'
  }

  #identify(credentials: Credentials): void {
    if (!isKnownUser(this.#entrance.socksUsers ?? {}, credentials)) {
      this.wire.write(Buffer.from([1, 1]))
      const message = 'the caller gave a user or password that socks.users does not have'
      return this.refuse(new SidecarError('CALLER_NOT_AUTHENTICATED', message))
    }
    this.wire.write(Buffer.from([1, 0]))
    this.#expects = 'request'
  }

  #begin(target: SocksTarget): void {
    this.#expects = undefined
    try {
      const work = this.#entrance.tunnelFor(this, { ...target, record: this.#record, voice: socksVoice })
      this.#work = work
      this.deadline = 0
      work.start(false)
    } catch (thrown) {
      const error = asSidecarError(thrown)
      this.wire.write(writeReply(replyFor(error)))
      this.refuse(error)
    }
  }

  #finish(error: SidecarError): void {
    this.#record.fail(error)
    this.#entrance.finished(this.#record)
  }

  /** Lets the caller read what was said last: closing over unread bytes would reset it away. */
  #leave(): void {
    if (this.#isLeaving) return
    this.#isLeaving = true
    this.#work = undefined
    this.#held = NOTHING
    this.deadline = performance.now() + LINGER_MS
    this.wire.resume()
    if (this.wire.hasEnded) this.wire.finish()
    else this.wire.end()
  }
}

function left(message: string, cause?: Error): SidecarError {
  return new SidecarError('CALLER_LEFT', message, { cause })
}
