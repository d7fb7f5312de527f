/**
 * Holds a caller's handshake back while it is read: the hello until its name is judged, the backend's answer until the
 * choice (and in TLS 1.2 the certificate) is judged. What has passed its verdict goes on byte for byte as it came.
 */
import type { JudgedHandshake, OwnHandshake } from '../backend/judge/judge-passing.ts'
import { SidecarError } from '../errors.ts'
import { PassingHandshake } from '../handshake/passing-handshake.ts'
import { HandshakeSyntaxError } from '../handshake/syntax-error.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import type { EntranceContext } from './entrance-context.ts'

/** More than any flight that shows what it must: a hello and a certificate message of their greatest size. */
const HELD_BYTES_MAX = 196_608

export type Released =
  /** More is to come before anything may go on. */
  | 'held'
  /** The bytes may go on, and the other side has the next word. */
  | 'passed'
  /** The bytes may go on, and so may all that follows. */
  | 'over'

export class TunnelInspection {
  /** The last verdict reached, and what it was reached about. */
  judged: JudgedHandshake
  readonly #backends: EntranceContext['backends']
  readonly #decision: AllowedDecision
  readonly #own: OwnHandshake
  readonly #names: 'checked' | 'unchecked'
  readonly #passing = new PassingHandshake()
  readonly #forBackend = new HeldBytes('caller')
  readonly #forCaller = new HeldBytes('backend')

  /** `own` is our own handshake with this backend. */
  constructor(
    backends: EntranceContext['backends'],
    decision: AllowedDecision,
    { own, names }: { readonly own: OwnHandshake; readonly names: 'checked' | 'unchecked' },
  ) {
    this.#names = names
    this.#backends = backends
    this.#decision = decision
    this.#own = own
    this.judged = own
  }

  /** Tells whether it is the caller who must speak; what it sends otherwise has to wait. */
  get awaitsCaller(): boolean {
    return this.#passing.stage === 'client-hello'
  }

  /** Tells whether the backend may speak: it answers a hello, and never begins. */
  get mayAnswer(): boolean {
    return this.#passing.client !== undefined
  }

  /**
   * Takes the caller's bytes up to the end of its hello; tells how many. Throws POLICY_NOT_TLS, or
   * POLICY_VERDICT_REFUSED with `verdict` and `tls`.
   */
  fromCaller(bytes: Buffer): { readonly taken: number; readonly released: Released } {
    const taken = guarded('caller', () => this.#passing.fromClient(bytes))
    this.#forBackend.hold(bytes.subarray(0, taken))
    if (this.awaitsCaller) return { taken, released: 'held' }
    this.#judge()
    return { taken, released: 'passed' }
  }

  /** Takes the backend's bytes; throws as `fromCaller`. */
  fromBackend(bytes: Buffer): Released {
    const before = this.#passing.stage
    guarded('backend', () => this.#passing.fromServer(bytes))
    this.#forCaller.hold(bytes)
    const { stage } = this.#passing
    // An alert instead of an answer is judged by nobody: the caller is to see it, and the connection is over anyway.
    // A choice that is refused need not wait for the certificate behind it.
    if (stage !== before && stage !== 'failed') guarded('backend', () => this.#judge())
    if (stage === 'server-hello' || stage === 'server-flight') return 'held'
    return stage === 'client-hello' ? 'passed' : 'over'
  }

  /** Gives out what may go on to the backend. */
  releaseToBackend(): Buffer {
    return this.#forBackend.release()
  }

  /** Gives out what may go on to the caller. */
  releaseToCaller(): Buffer {
    return this.#forCaller.release()
  }

  #judge(): void {
    this.judged = this.#backends.judgePassing(this.#decision, {
      passing: this.#passing,
      own: this.#own,
      names: this.#names,
    })
    const { verdict, tls } = this.judged
    if (verdict.outcome !== 'refused') return
    const found = verdict.blocking.map(({ name, detail }) => `${name} (${detail})`).join(', ')
    const message = `the handshake in the tunnel to ${this.#decision.destination.authority} is refused: ${found}`
    throw new SidecarError('POLICY_VERDICT_REFUSED', message, { details: { verdict, tls } })
  }
}

type Speaker = 'caller' | 'backend'

class HeldBytes {
  readonly #from: Speaker
  #pieces: Buffer[] = []
  #size = 0

  constructor(from: Speaker) {
    this.#from = from
  }

  hold(bytes: Buffer): void {
    this.#size += bytes.length
    if (this.#size > HELD_BYTES_MAX) throw notTls(this.#from, 'a handshake that is longer than is taken')
    // Copied: the buffer is read into again.
    this.#pieces.push(Buffer.from(bytes))
  }

  release(): Buffer {
    const all = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#size = 0
    return all
  }
}

function guarded<T>(who: Speaker, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof HandshakeSyntaxError) throw notTls(who, thrown.message)
    throw thrown
  }
}

function notTls(who: Speaker, what: string): SidecarError {
  return new SidecarError('POLICY_NOT_TLS', `the ${who} sent ${what} into the tunnel`)
}
