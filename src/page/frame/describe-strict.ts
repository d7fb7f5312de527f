import type { PolicyDocument } from '../../admin/contract.ts'
import type { StrictTls } from '../draft/policy-spec.ts'

/** Says in two or three words how strict TLS is weakened for all backends; undefined where it is not. */
export function describeStrict({ spec }: PolicyDocument): string | undefined {
  const { enabled = true, enforcement = 'enforce' } =
    (spec as { strictTls?: Partial<StrictTls> } | undefined)?.strictTls ?? {}
  if (!enabled) return 'Strict TLS off'
  return enforcement === 'report' ? 'Strict TLS: log only' : undefined
}
