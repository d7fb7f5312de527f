/**
 * The one door to backends for everybody else: pools for originated requests, verdicts and plain connections for
 * tunnels. One object serves one snapshot and ends with it, so nothing that was trusted under one version of the
 * policy is ever used under another.
 */
import type { Counters } from '../observe/counters.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import { decide } from '../policy/decide.ts'
import { handshakeUses } from '../policy/describe/effective-hello.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { Rule } from '../policy/policy.ts'
import type { StarttlsProtocol } from '../settings/service.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { IssuerBook } from '../truststore/issuer-book.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import { buildContexts } from './dial/contexts.ts'
import { dialPlain } from './dial/dial-plain.ts'
import type { DialTools } from './dial/dial-tools.ts'
import { HybridTolerance, type IntoleranceMark } from './dial/hybrid-tolerance.ts'
import type { Resolve } from './dial/name-resolver.ts'
import { type ConnectionWish, type OpenedConnection, openConnection, prefaceOf } from './dial/open-connection.ts'
import { AddressBook } from './dial/resolve-address.ts'
import { Sessions } from './dial/sessions.ts'
import type { RevocationKnowledge } from './judge/find-revocation.ts'
import { type JudgedHandshake, judgePassing, type PassingQuestion } from './judge/judge-passing.ts'
import { KnownChains } from './judge/known-chains.ts'
import type { PresentedChain } from './judge/read-handshake.ts'
import { type FreshVerdict, type JudgedBackend, VerdictCache } from './judge/verdict-cache.ts'
import { Pool } from './pool.ts'
import type { PlainBackend } from './verified-backend.ts'
import { verify } from './verify.ts'
import type { Witness } from './witness.ts'

/** What is known beyond the snapshot, by facts that arrive while it is in force. */
export interface Known {
  readonly revocation?: RevocationKnowledge | undefined
  /** Certificates of issuers that were fetched, and who has them fetched. */
  readonly issuers?: IssuerBook | undefined
}

export interface BackendsOptions extends Known {
  readonly snapshot: Snapshot
  readonly deadlines: Deadlines
  readonly counters?: Counters | undefined
  /** Told of every judged handshake. */
  readonly witness?: Witness | undefined
  /** Backends of which it is known that they cannot take post-quantum groups. */
  readonly intolerant?: readonly IntoleranceMark[] | undefined
  /** Resolves names in place of the system; for tests. */
  readonly resolve?: Resolve | undefined
  /** The wall clock, by default the machine's. */
  readonly now?: (() => number) | undefined
}

/** What a handshake of our own gave, with the chain: nothing that is kept, since a chain takes much memory. */
export type ExaminedBackend = Omit<JudgedBackend, 'cached' | 'chain'> & {
  readonly presentedChain: PresentedChain
  readonly stapled: boolean
}

const POOLS_MAX = 4096
const WARM_MS = 2000

export class Backends {
  /** What is learned of backends that break off when post-quantum groups are offered. */
  readonly tolerance: HybridTolerance
  readonly #tools: DialTools
  readonly #verdicts: VerdictCache
  /** By rule and authority: the two maps spare a key for every request. */
  readonly #pools = new Map<Rule, Map<string, Pool>>()
  /** Ends the listening for news, which outlives this snapshot. */
  readonly #forgetMe: () => void
  #poolCount = 0

  /** Makes every TLS context of the snapshot; throws an OPERATOR_ error that names the rule where that fails. */
  constructor(options: BackendsOptions) {
    const { snapshot, deadlines, counters, witness, revocation, intolerant, resolve, now = Date.now } = options
    this.tolerance = new HybridTolerance(now)
    this.#tools = {
      snapshot,
      deadlines,
      counters,
      witness,
      revocation,
      now,
      contexts: buildContexts(snapshot, options.issuers),
      addresses: new AddressBook(snapshot, { resolve, counters }),
      sessions: new Sessions(),
      tolerance: this.tolerance,
      chains: new KnownChains(),
    }
    this.tolerance.learn(intolerant ?? [])
    this.#verdicts = new VerdictCache({ verdictMs: snapshot.settings.timeouts.verdictMs, now })
    this.#forgetMe = revocation?.onChange(() => this.#dropRevoked()) ?? (() => {})
  }

  /** The pool of one decision, made on first use and kept for the life of the snapshot. */
  poolFor(decision: AllowedDecision): Pool {
    const { rule, destination } = decision
    return this.#pools.get(rule)?.get(destination.authority) ?? this.#makePool(decision)
  }

  /** The verdict of our own verifying handshake with a backend: a cached one, or one made now. Throws as `verify`. */
  verdictFor(decision: AllowedDecision): Promise<JudgedBackend> {
    const { rule, destination } = decision
    return this.#verdicts.find(rule, destination.authority, () => this.#judge(decision))
  }

  /** The verdict on what has passed so far of a handshake between a caller and a backend that `own` is about. */
  judgePassing(decision: AllowedDecision, question: PassingQuestion): JudgedHandshake {
    return judgePassing(this.#tools, decision, question)
  }

  /** One verifying handshake with all it showed, for those who want to look and not to connect. Throws as `verify`. */
  async examine(decision: AllowedDecision, starttls?: StarttlsProtocol): Promise<ExaminedBackend> {
    const preface = prefaceOf({ decision, starttls })
    const wish = { decision, ...handshakeUses.verify, ...(preface === undefined ? {} : { preface }) }
    const { backend, presentedChain, stapled } = await verify(this.#tools, wish)
    backend.wire.finish()
    const { verdict, tls, address, phases } = backend
    return { verdict, tls, address, phases, presentedChain, stapled }
  }

  /** A plain TCP connection, for a tunnel judged beforehand (to the address that was judged) or a plaintext rule. */
  async dialPlain(decision: AllowedDecision, address?: string): Promise<PlainBackend> {
    try {
      return (await dialPlain(this.#tools, { decision, address })).backend
    } catch (thrown) {
      // The name may have other addresses that answer: only the next handshake can tell.
      this.#verdicts.forget(decision.rule, decision.destination.authority)
      throw thrown
    }
  }

  /** A connection of its own for one caller of a service, kept out of the pools. Throws as `openConnection`. */
  connect(wish: ConnectionWish): Promise<OpenedConnection> {
    return openConnection(this.#tools, wish)
  }

  /** Authorities with pooled connections, the most used first. */
  warmList(max: number): readonly string[] {
    const used = [...this.#allPools()].filter((pool) => pool.size > 0)
    return [...new Set(used.sort((a, b) => b.uses - a.uses).map((pool) => pool.authority))].slice(0, max)
  }

  /** Opens one pooled connection to each, as far as that works within two seconds; failures are for the requests to meet. */
  async warm(authorities: readonly string[]): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, WARM_MS)
    await Promise.race([Promise.allSettled(authorities.map((each) => this.#warmOne(each))), late.promise])
    clearTimeout(timer)
  }

  /** Closes idle connections; what is under way may still dial. */
  rest(): void {
    for (const pool of this.#allPools()) pool.rest()
  }

  /** Closes idle connections now and those in use when they come back. */
  close(): void {
    this.#forgetMe()
    for (const pool of this.#allPools()) pool.close()
    this.#verdicts.clear()
  }

  async #judge(decision: AllowedDecision): Promise<FreshVerdict> {
    // No ALPN: the tunnel may carry anything. No resumption: the point is to see the certificate.
    const { backend, validUntilMs, isRevoked } = await verify(this.#tools, { decision, ...handshakeUses.verify })
    backend.wire.finish()
    const { verdict, tls, address, phases, chain } = backend
    return { verdict, tls, address, phases, chain, validUntilMs, isRevoked }
  }

  /** What has become known ends what was trusted without knowing it: pooled connections and cached verdicts. */
  #dropRevoked(): void {
    for (const pool of this.#allPools()) pool.dropRevoked()
    this.#verdicts.forgetRevoked()
  }

  #makePool(decision: AllowedDecision): Pool {
    const { rule, destination } = decision
    const { deadlines, snapshot, now } = this.#tools
    const { limits, timeouts } = snapshot.settings
    const pool = new Pool({
      authority: destination.authority,
      dial: () => verify(this.#tools, { decision, ...handshakeUses.originate }),
      woken: (woken) => this.#adopt(rule, woken),
      deadlines,
      connectionsMax: limits.backendConnections,
      pooledMs: timeouts.pooledMs,
      waitMs: timeouts.connectMs,
      now,
    })
    this.#adopt(rule, pool)
    return pool
  }

  #adopt(rule: Rule, pool: Pool): void {
    if (this.#poolCount >= POOLS_MAX) this.#restUnused()
    let pools = this.#pools.get(rule)
    if (pools === undefined) {
      pools = new Map()
      this.#pools.set(rule, pools)
    }
    const replaced = pools.get(pool.authority)
    if (replaced === undefined) this.#poolCount += 1
    else if (replaced !== pool) replaced.rest()
    pools.set(pool.authority, pool)
  }

  /** Makes room by forgetting pools nobody uses at this moment. Whoever still holds one can wake it by using it. */
  #restUnused(): void {
    for (const pools of this.#pools.values()) {
      for (const [authority, pool] of pools) {
        if (!pool.isUnused) continue
        pool.rest()
        pools.delete(authority)
        this.#poolCount -= 1
      }
    }
  }

  *#allPools(): Iterable<Pool> {
    for (const pools of this.#pools.values()) yield* pools.values()
  }

  async #warmOne(authority: string): Promise<void> {
    const decision = decide(this.#tools.snapshot.policy, parseAuthority(authority))
    if (!decision.allowed || decision.rule.plaintext) return
    const pool = this.poolFor(decision)
    pool.put(pool.take() ?? (await pool.open()))
  }
}
