/**
 * Verdicts of verifying handshakes, for tunnels: one handshake at a time to each destination, its verdict good for
 * a while. A failure is kept for a moment too, so that a flood of callers does not become a flood at a bad backend.
 */
import type { Rule } from '../../policy/policy.ts'
import type { Verdict } from '../../policy/verdict.ts'
import type { DialPhases, TlsFacts } from '../verified-backend.ts'

export interface JudgedBackend {
  readonly verdict: Verdict
  readonly tls: TlsFacts
  /** The address that was judged: a tunnel goes to this one. */
  readonly address: string
  readonly phases: DialPhases
  /** DER of the certificates behind the verdict. */
  readonly chain: readonly Buffer[]
  /** False for whoever made the handshake happen. */
  readonly cached: boolean
}

/** What a verifying handshake gives, and when it stops being true: by itself (wall clock), or by what is learnt. */
export type FreshVerdict = Omit<JudgedBackend, 'cached'> & {
  readonly validUntilMs: number
  /** Tells whether it has become known by now that a certificate behind it was revoked. */
  readonly isRevoked: () => boolean
}

interface Entry {
  readonly verdict: Promise<FreshVerdict>
  /** By `performance.now()`, so that a jump of the clock does not stretch it; never while under way. */
  endMs: number
  validUntilMs: number
  /** True of a failure as well: what was unknown then may be known now. */
  isOutdated: () => boolean
}

const ENTRIES_MAX = 4096
const FAILURE_KEPT_MS = 1000

export class VerdictCache {
  readonly #verdictMs: number
  readonly #now: () => number
  /** By rule and authority, without making a key for every CONNECT. */
  readonly #byRule = new Map<Rule, Map<string, Entry>>()
  #size = 0

  constructor({ verdictMs, now }: { verdictMs: number; now: () => number }) {
    this.#verdictMs = verdictMs
    this.#now = now
  }

  /** Gives the cached verdict, that of the handshake under way, or that of the one begun now. */
  async find(rule: Rule, authority: string, judge: () => Promise<FreshVerdict>): Promise<JudgedBackend> {
    const known = this.#byRule.get(rule)?.get(authority)
    const isGood = known !== undefined && performance.now() < known.endMs && this.#now() < known.validUntilMs
    const entry = isGood ? known : this.#begin(rule, authority, judge)
    const { validUntilMs: _, isRevoked: __, ...verdict } = await entry.verdict
    return { ...verdict, cached: isGood }
  }

  /** Makes the next tunnel judge anew: what is known of this destination has turned out to be of no use. */
  forget(rule: Rule, authority: string): void {
    if (this.#byRule.get(rule)?.delete(authority)) this.#size -= 1
  }

  /** Forgets what would be judged otherwise by what is known of revocation now. */
  forgetRevoked(): void {
    for (const entries of this.#byRule.values()) {
      for (const [authority, { isOutdated }] of entries) {
        if (isOutdated() && entries.delete(authority)) this.#size -= 1
      }
    }
  }

  clear(): void {
    this.#byRule.clear()
    this.#size = 0
  }

  #begin(rule: Rule, authority: string, judge: () => Promise<FreshVerdict>): Entry {
    const never = Number.POSITIVE_INFINITY
    const entry: Entry = { verdict: judge(), endMs: never, validUntilMs: never, isOutdated: () => false }
    entry.verdict.then(
      ({ validUntilMs, isRevoked }) => {
        entry.endMs = performance.now() + this.#verdictMs
        entry.validUntilMs = validUntilMs
        entry.isOutdated = isRevoked
      },
      () => {
        entry.endMs = performance.now() + FAILURE_KEPT_MS
        entry.isOutdated = () => true
      },
    )
    // Everything is forgotten at once when it is full: rare, cheap, and no bookkeeping for every tunnel.
    if (this.#size >= ENTRIES_MAX) this.clear()
    const entries = this.#entriesOf(rule)
    if (!entries.has(authority)) this.#size += 1
    entries.set(authority, entry)
    return entry
  }

  #entriesOf(rule: Rule): Map<string, Entry> {
    let entries = this.#byRule.get(rule)
    if (entries === undefined) {
      entries = new Map()
      this.#byRule.set(rule, entries)
    }
    return entries
  }
}
