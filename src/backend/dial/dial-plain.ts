/** Plain TCP to a backend, for what the policy lets out without TLS and for tunnels that were judged beforehand. */
import type { AllowedDecision } from '../../policy/allowed-or-throw.ts'
import { upstreamOf } from '../upstream/upstream-of.ts'
import type { PlainBackend } from '../verified-backend.ts'
import { dangerouslyConnect } from './dangerously-connect.ts'
import { DialError } from './dial-error.ts'
import type { DialTools } from './dial-tools.ts'

export interface PlainWish {
  readonly decision: AllowedDecision
  /** The address that was judged; without it the name is resolved and every address judged. */
  readonly address?: string | undefined
  /** Sent first: a PROXY header. */
  readonly header?: Buffer | undefined
  readonly connectMs?: number
  readonly greeting?: 'refused' | 'kept'
  readonly givenOn?: boolean
}

export interface PlainDial {
  readonly backend: PlainBackend
  /** Gives what the backend has said already, where it is kept. */
  takeEarly(): Buffer
}

/** Dials; throws POLICY_ADDRESS_DENIED, CALLER_LOOP or a BACKEND_ error. */
export async function dialPlain(tools: DialTools, wish: PlainWish): Promise<PlainDial> {
  const { addresses, deadlines, snapshot } = tools
  const { destination } = wish.decision
  const startedMs = performance.now()
  const checked = wish.address === undefined ? await addresses.findFor(wish.decision) : [wish.address]
  const dnsMs = performance.now() - startedMs
  try {
    const { timeouts } = snapshot.settings
    const { wire, address, connectMs, takeEarly } = await dangerouslyConnect({
      destination,
      addresses: checked,
      timeouts: wish.connectMs === undefined ? timeouts : { ...timeouts, connectMs: wish.connectMs },
      deadlines,
      greeting: wish.greeting ?? 'refused',
      givenOn: wish.givenOn ?? false,
      upstream: upstreamOf(snapshot, wish.decision),
      ...(wish.header === undefined ? {} : { preface: { header: wish.header } }),
    })
    const phases = { dnsMs, connectMs, tlsMs: 0 }
    return { backend: { wire, destination, address, phases, verdict: undefined, tls: undefined, chain: [] }, takeEarly }
  } catch (thrown) {
    throw thrown instanceof DialError ? thrown.toSidecarError() : thrown
  }
}
