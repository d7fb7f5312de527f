/**
 * The backends of one service and the order to try them in. One that fails leads to the next; one that the policy
 * refuses does not: an operator must see that a backend is not what it should be, not wonder where the traffic went.
 */
import type { OpenedConnection } from '../backend/dial/open-connection.ts'
import { asSidecarError, faultOf, SidecarError } from '../errors.ts'
import { type AllowedDecision, allowedOrThrow } from '../policy/allowed-or-throw.ts'
import { decide } from '../policy/decide.ts'
import type { Decision } from '../policy/decision.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { Policy } from '../policy/policy.ts'
import type { Service, ServiceBackend } from '../settings/service.ts'

/** One backend with what the policy says of it: decided once for each snapshot. */
export interface ListedBackend {
  readonly decision: Decision
  readonly backend: ServiceBackend
}

export interface TryOptions {
  /** Names of the caller, as its certificate has them. */
  readonly caller?: readonly string[] | undefined
  /** Called before each try. */
  readonly trying: (backend: ListedBackend) => void
  /** False once nobody waits for the result any more. */
  readonly isWanted: () => boolean
  readonly open: (decision: AllowedDecision, backend: ServiceBackend) => Promise<OpenedConnection>
}

export class BackendList {
  readonly #policy: Policy
  readonly #backends: readonly ListedBackend[]
  /** Some rule asks who the caller is, so what was decided for nobody in particular is not the last word. */
  readonly #asksWho: boolean
  readonly #rotates: boolean
  #next = 0

  constructor({ connect, failover }: Pick<Service, 'connect' | 'failover'>, policy: Policy) {
    this.#backends = connect.map((backend) => ({
      decision: decide(policy, parseAuthority(backend.authority)),
      backend,
    }))
    this.#rotates = failover === 'roundRobin'
    this.#policy = policy
    this.#asksWho = policy.rules.some(({ callers }) => callers !== undefined)
  }

  /** The backends in the order to try them in, for one caller. */
  inOrder(): readonly ListedBackend[] {
    if (!this.#rotates) return this.#backends
    const first = this.#next
    this.#next = (first + 1) % this.#backends.length
    return [...this.#backends.slice(first), ...this.#backends.slice(0, first)]
  }

  #for(caller: readonly string[] | undefined, listed: ListedBackend): ListedBackend {
    if (caller === undefined || !this.#asksWho) return listed
    return { ...listed, decision: decide(this.#policy, listed.decision.destination, caller) }
  }

  /** Opens the first that can be reached; throws what the policy minds, or every failure in the order of the tries. */
  async open({ caller, trying, isWanted, open }: TryOptions): Promise<OpenedConnection> {
    const failures: SidecarError[] = []
    for (const listed of this.inOrder()) {
      if (!isWanted()) break
      const tried = this.#for(caller, listed)
      trying(tried)
      try {
        return await open(allowedOrThrow(tried.decision), tried.backend)
      } catch (thrown) {
        const error = asSidecarError(thrown)
        failures.push(error)
        if (faultOf(error.code) !== 'backend') break
      }
    }
    throw failureOf(failures)
  }
}

/** The last failure speaks, with what came before it. */
function failureOf(failures: readonly SidecarError[]): SidecarError {
  const last = failures.at(-1)
  if (last === undefined) return new SidecarError('CALLER_LEFT', 'the caller left before a backend was tried')
  if (failures.length === 1) return last
  const message = failures.map((failure) => failure.message).join('; ')
  return new SidecarError(last.code, message, { details: last.details, cause: last.cause })
}
