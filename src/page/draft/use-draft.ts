import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Check, Policy } from '../../admin/contract.ts'
import { checkQuery, queries } from '../api/queries.ts'
import { type Draft, useDraftText } from './draft.ts'

/** What a screen shows of the policy: the version in force, the draft over it, and what is to be said about that. */
export interface DraftView {
  readonly policy: Policy
  readonly draft: Draft | null
  /** The draft, or where there is none the version in force. */
  readonly text: string
  readonly check: Check
  /** Somebody else has brought another version into force since the draft was begun. */
  readonly isOvertaken: boolean
}

/** Follows policy and draft; undefined until both are known. */
export function useDraft(): { readonly data: DraftView | undefined; readonly error: unknown; refetch(): unknown } {
  const policy = useQuery(queries.policy)
  const draft = useDraftText()
  const text = draft?.text ?? policy.data?.text ?? ''
  const against = draft?.base.number ?? policy.data?.version.number ?? 0
  const check = useQuery({
    ...checkQuery({ text, against }),
    enabled: policy.data !== undefined,
    placeholderData: keepPreviousData,
  })
  const error = policy.error ?? check.error
  const refetch = () => void (policy.error === null ? check.refetch() : policy.refetch())
  if (policy.data === undefined || check.data === undefined) return { data: undefined, error, refetch }
  const isOvertaken = draft !== null && draft.base.number !== policy.data.version.number
  return { data: { policy: policy.data, draft, text, check: check.data, isOvertaken }, error: null, refetch }
}
