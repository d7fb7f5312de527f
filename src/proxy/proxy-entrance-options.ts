import type { Backends } from '../backend/backends.ts'
import type { AccessRecord } from '../observe/access-record.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { ConnectGate } from './connect-gate.ts'
import type { Shortage } from './entrance-context.ts'

/** What an entrance of the proxy is made of. */
export interface ProxyEntranceOptions {
  readonly snapshot: Snapshot
  readonly deadlines: Deadlines
  readonly backends: Backends
  /** Our name in Via fields. */
  readonly via: string
  /** Gets every request and tunnel when it is over; the record is not kept. */
  readonly finished: (record: AccessRecord) => void
  /** What logs call it, where it is not the proxy. */
  readonly name?: string
  /** Nobody gets anywhere here without leave. */
  readonly gate?: ConnectGate
  readonly shortage?: Shortage | undefined
}
