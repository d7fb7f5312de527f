/** What is asked of the API, each under its key, so that whoever needs the same shares the answer. */
import { infiniteQueryOptions, queryOptions, skipToken } from '@tanstack/react-query'
import type {
  AuditPage,
  BackendPage,
  Catalogue,
  Check,
  Operation,
  Policy,
  Rehearsal,
  RejectionPage,
  Session,
  Status,
  TrustStores,
  Version,
  VersionDiff,
  VersionPage,
} from '../../admin/contract.ts'
import { ApiProblem, ask } from './ask.ts'

export const queries = {
  /** Null when nobody is signed in. */
  session: queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => ask<Session>('/session', { signal }).catch(nullIfSignedOut),
  }),
  status: queryOptions({ queryKey: ['status'], queryFn: ({ signal }) => ask<Status>('/status', { signal }) }),
  policy: queryOptions({ queryKey: ['policy'], queryFn: ({ signal }) => ask<Policy>('/policy', { signal }) }),
  catalogue: queryOptions({
    queryKey: ['catalogue'],
    queryFn: ({ signal }) => ask<Catalogue>('/catalogue', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  }),
  trustStores: queryOptions({
    queryKey: ['truststores'],
    queryFn: ({ signal }) => ask<TrustStores>('/truststores', { signal }),
  }),
  backends: queryOptions({
    queryKey: ['backends'],
    queryFn: ({ signal }) => ask<BackendPage>('/backends', { signal, query: { limit: 500 } }),
  }),
  versions: infiniteQueryOptions({
    queryKey: ['versions'],
    queryFn: ({ signal, pageParam }) => ask<VersionPage>('/versions', { signal, query: { cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  }),
  rejections: infiniteQueryOptions({
    queryKey: ['versions', 'rejected'],
    queryFn: ({ signal, pageParam }) => ask<RejectionPage>('/rejections', { signal, query: { cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  }),
  audit: infiniteQueryOptions({
    queryKey: ['audit'],
    queryFn: ({ signal, pageParam }) => ask<AuditPage>('/audit', { signal, query: { cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  }),
}

/** One version with its text. A version never changes. */
export function versionQuery(number: number) {
  return queryOptions({
    queryKey: ['version', number],
    queryFn: ({ signal }) => ask<Version>(`/versions/${number}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** How one version differs from another. */
export function diffQuery({ from, to }: { readonly from: number; readonly to: number }) {
  return queryOptions({
    queryKey: ['diff', from, to],
    queryFn: ({ signal }) => ask<VersionDiff>(`/versions/${to}/diff`, { signal, query: { against: from } }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What is to be said about a text, compared with a version. */
export function checkQuery({ text, against }: { readonly text: string; readonly against: number }) {
  return queryOptions({
    queryKey: ['check', against, text],
    queryFn: ({ signal }) => ask<Check>('/policy/check', { signal, method: 'POST', body: { text, against } }),
    staleTime: 60_000,
  })
}

/** An operation, followed until it is over; the stream brings its news sooner than the next look. */
export function operationQuery(id: string) {
  return queryOptions({
    queryKey: ['operation', id],
    queryFn: ({ signal }) => ask<Operation>(`/operations/${id}`, { signal }),
    enabled: id !== '',
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'running' ? 1000 : false),
  })
}

/** What a rehearsal of a text has found; nothing is asked, whoever rehearses puts it here. */
export function rehearsedQuery(text: string) {
  return queryOptions<Rehearsal>({ queryKey: ['policy', 'rehearsed', text], queryFn: skipToken })
}

function nullIfSignedOut(error: unknown): null {
  if (error instanceof ApiProblem && error.problem.status === 401) return null
  throw error
}
