import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import type { Operation, Rehearsal } from '../../admin/contract.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import { operationQuery, rehearsedQuery } from '../api/queries.ts'

export interface RehearsalView {
  readonly isRunning: boolean
  readonly result: Rehearsal | null
  readonly error: unknown
  /** Goes on without it. */
  readonly skip: () => void
}

/** Tries a text against every backend known, once, as soon as it is shown. */
export function useRehearsal(text: string, isValid: boolean): RehearsalView {
  const [isSkipped, setSkipped] = useState(false)
  const begin = useMutation({
    mutationFn: () => ask<Operation>('/policy/rehearse', { method: 'POST', body: { text } }),
  })
  const start = useEffectEvent(() => begin.mutate())
  useEffect(() => {
    if (isValid) start()
  }, [isValid])
  const { data: operation } = useQuery(operationQuery(begin.data?.id ?? ''))
  const problem = operation?.problem ?? null
  const error = begin.error ?? (problem === null ? null : new ApiProblem(problem))
  const result = operation?.rehearsal ?? null
  const client = useQueryClient()
  useEffect(() => {
    if (result !== null) client.setQueryData(rehearsedQuery(text).queryKey, result)
  }, [client, text, result])
  const isRunning = isValid && !isSkipped && result === null && error === null
  return { isRunning, result, error, skip: () => setSkipped(true) }
}
