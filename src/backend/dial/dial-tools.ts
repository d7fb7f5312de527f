import type { Counters } from '../../observe/counters.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { Deadlines } from '../../wire/deadlines.ts'
import type { RevocationKnowledge } from '../judge/find-revocation.ts'
import type { KnownChains } from '../judge/known-chains.ts'
import type { Witness } from '../witness.ts'
import type { Contexts } from './contexts.ts'
import type { HybridTolerance } from './hybrid-tolerance.ts'
import type { AddressBook } from './resolve-address.ts'
import type { Sessions } from './sessions.ts'

/** What every dial of one snapshot shares. */
export interface DialTools {
  readonly snapshot: Snapshot
  readonly contexts: Contexts
  readonly addresses: AddressBook
  readonly deadlines: Deadlines
  readonly sessions: Sessions
  readonly tolerance: HybridTolerance
  readonly chains: KnownChains
  readonly counters: Counters | undefined
  readonly witness: Witness | undefined
  /** Undefined where nothing is known but what backends staple. */
  readonly revocation: RevocationKnowledge | undefined
  /** The wall clock, which decides about dates. */
  readonly now: () => number
}
