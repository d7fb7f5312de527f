/** The words of a handshake that came to nothing once it was done: refused by the verdict, or gone before it. */
import { SidecarError } from '../../errors.ts'
import type { Destination } from '../../policy/destination.ts'
import type { Verdict } from '../../policy/verdict.ts'
import { lateRefusal } from '../dial/network-errors.ts'
import type { DialPhases, TlsFacts } from '../verified-backend.ts'
import type { PresentedChain } from './read-handshake.ts'

/** What whoever hears of a refusal may want to know. */
export interface RefusalDetails {
  readonly verdict: Verdict
  readonly tls?: TlsFacts
  readonly address: string
  readonly phases: DialPhases
  readonly presentedChain: PresentedChain
}

/** Makes the error of a refused backend: every finding that refuses it, with its detail. */
export function refused({ authority }: Destination, details: RefusalDetails): SidecarError {
  const found = details.verdict.blocking.map(({ name, detail }) => `${name} (${detail})`).join(', ')
  return new SidecarError('POLICY_VERDICT_REFUSED', `backend ${authority} is refused: ${found}`, {
    details: { ...details },
  })
}

/** Makes the error of a backend that closed, spoke unasked, or refused us, between the handshake and the verdict. */
export function gone(
  { authority }: Destination,
  { error, ...details }: { readonly address: string; readonly phases: DialPhases; readonly error: Error | undefined },
): SidecarError {
  const refusal = lateRefusal(authority, error)
  if (refusal !== undefined) {
    return new SidecarError(refusal.code, refusal.message, {
      details: { ...refusal.details, ...details },
      cause: error,
    })
  }
  const message = `backend ${authority} closed right after the TLS handshake`
  return new SidecarError('BACKEND_HANDSHAKE_FAILED', message, { details })
}
