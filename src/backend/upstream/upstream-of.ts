import type { AllowedDecision } from '../../policy/allowed-or-throw.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { connectFailure, type DialFailure } from '../dial/network-errors.ts'
import { httpOpening } from './http-opening.ts'
import type { Opening } from './opening.ts'
import { socksOpening } from './socks-opening.ts'

/** The proxy that a connection goes through: its addresses are dialled, and it is asked for the backend. */
export interface Upstream {
  readonly authority: string
  readonly port: number
  /** Makes the dialogue, fresh for each connection. */
  readonly opening: () => Opening
}

/** Names the upstream proxy of a decision; undefined where the backend is dialled by ourselves. */
export function upstreamOf({ secrets }: Snapshot, { rule, destination }: AllowedDecision): Upstream | undefined {
  if (rule.via === undefined) return undefined
  const { scheme, to } = rule.via
  const credentials = secrets?.upstreams?.[to.authority]
  const open = scheme === 'http' ? httpOpening : socksOpening
  return {
    authority: to.authority,
    port: to.port,
    opening: () => open({ proxy: to.authority, destination, credentials }),
  }
}

/** Names the failure of a connection that got no further than the proxy; without an error it was too slow. */
export function upstreamFailure({ authority }: Upstream, error: NodeJS.ErrnoException | undefined): DialFailure {
  const what = error === undefined ? 'did not open the way in time' : connectFailure(error).what
  return { code: 'BACKEND_UPSTREAM_FAILED', what: `(upstream proxy ${authority}) ${what}` }
}
