import { SidecarError } from '../../errors.ts'
import type { ApplyRequest } from '../contract.ts'

/** Reads from a request whether its change is on trial; throws OPERATOR_BAD_REQUEST where that makes no sense. */
export function confirmOf({
  confirmWithinMs: withinMs,
  revertOnRefusals,
}: Pick<ApplyRequest, 'confirmWithinMs' | 'revertOnRefusals'>) {
  if (withinMs !== undefined) {
    return { confirm: { withinMs, ...(revertOnRefusals === undefined ? {} : { revertOnRefusals }) } }
  }
  if (revertOnRefusals === undefined) return {}
  const message = 'revertOnRefusals watches until the confirmation: it needs confirmWithinMs'
  throw new SidecarError('OPERATOR_BAD_REQUEST', message)
}
