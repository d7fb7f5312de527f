import type { ReactNode } from 'react'
import { Loading } from './loading.tsx'
import { ProblemNote } from './problem-note.tsx'

interface AnsweredProps<T> {
  readonly query: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown }
  readonly children: (value: T) => ReactNode
}

/** Shows what a query has brought; until then that it is under way, or why it failed and a way to try again. */
export function Answered<T>({ query: { data, error, refetch }, children }: AnsweredProps<T>) {
  if (data !== undefined) return children(data)
  if (error === null) return <Loading />
  return (
    <>
      <ProblemNote error={error} title="This could not be fetched" />
      <button type="button" onClick={() => void refetch()}>
        Try again
      </button>
    </>
  )
}
