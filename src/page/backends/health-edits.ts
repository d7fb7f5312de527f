/** What the switches of health checks change in the policy document. */
import type { EditRequest, PolicyDocument } from '../../admin/contract.ts'

/** What a policy says of health checks for all, with defaults filled in. */
export interface HealthChecks {
  readonly enabled: boolean
  /** Milliseconds. */
  readonly every: number
  readonly seen: boolean
  readonly backends: readonly { readonly backend: { readonly authority: string } }[]
}

/** Reads what stands under spec.healthCheck. */
export function healthChecksIn({ spec }: PolicyDocument): HealthChecks {
  return (spec as { readonly healthCheck: HealthChecks }).healthCheck
}

/** Sets the switch of one backend: the one it has, or a new one at the end. */
export function switchBackend(
  document: PolicyDocument,
  { backend, enabled }: { readonly backend: string; readonly enabled: boolean },
): EditRequest['edits'] {
  const { backends } = healthChecksIn(document)
  const list = ['spec', 'healthCheck', 'backends']
  const at = backends.findIndex((each) => each.backend.authority === backend)
  if (at !== -1) return [{ path: [...list, at, 'enabled'], value: enabled }]
  const entry = { backend, enabled }
  // The list may be an empty one in brackets, or not there at all.
  return [backends.length === 0 ? { path: list, value: [entry] } : { path: [...list, backends.length], value: entry }]
}

/** Sets the switch for all that have no word of their own. */
export function switchAll(enabled: boolean): EditRequest['edits'] {
  return [{ path: ['spec', 'healthCheck', 'enabled'], value: enabled }]
}
