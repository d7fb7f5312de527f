/** What the screens for looking ask of the API, beside what queries.ts has. */
import { queryOptions } from '@tanstack/react-query'
import type {
  ApiKeys,
  AuditCheck,
  BackendDetail,
  ConnectionPage,
  EffectiveSettings,
  EventPage,
  Explanation,
  FailurePage,
  Health,
  OpenSessions,
  SightingPage,
  Summary,
  TrustStoreDetail,
  Users,
} from '../../admin/contract.ts'
import { ask } from './ask.ts'

export const looks = {
  summary: queryOptions({
    queryKey: ['summary'],
    queryFn: ({ signal }) => ask<Summary>('/summary', { signal }),
    refetchInterval: 10_000,
  }),
  failures: queryOptions({
    queryKey: ['failures'],
    queryFn: ({ signal }) => ask<FailurePage>('/failures', { signal, query: { limit: 500 } }),
  }),
  events: queryOptions({
    queryKey: ['events'],
    queryFn: ({ signal }) => ask<EventPage>('/events', { signal, query: { limit: 500 } }),
  }),
  sightings: queryOptions({
    queryKey: ['backends', 'untrusted'],
    queryFn: ({ signal }) => ask<SightingPage>('/sightings', { signal, query: { limit: 500 } }),
  }),
  // It answers 503 with the same document where a check fails, which is an answer here.
  health: queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask<Health>('/health', { signal, alsoAnswers: 503 }),
    refetchInterval: 10_000,
  }),
  settings: queryOptions({
    queryKey: ['settings'],
    queryFn: ({ signal }) => ask<EffectiveSettings>('/settings', { signal }),
  }),
  users: queryOptions({ queryKey: ['users'], queryFn: ({ signal }) => ask<Users>('/users', { signal }) }),
  sessions: queryOptions({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => ask<OpenSessions>('/sessions', { signal }),
  }),
  keys: queryOptions({ queryKey: ['keys'], queryFn: ({ signal }) => ask<ApiKeys>('/keys', { signal }) }),
  auditCheck: queryOptions({
    queryKey: ['audit-check'],
    queryFn: ({ signal }) => ask<AuditCheck>('/audit/check', { signal }),
    enabled: false,
  }),
}

/** One backend with all it has shown. */
export function backendLook(backend: string) {
  return queryOptions({
    queryKey: ['backends', backend],
    queryFn: ({ signal }) => ask<BackendDetail>(`/backends/${encodeURIComponent(backend)}`, { signal }),
  })
}

/** One trust store with its certificates. */
export function storeLook(store: string) {
  return queryOptions({
    queryKey: ['truststores', store],
    queryFn: ({ signal }) => ask<TrustStoreDetail>(`/truststores/${encodeURIComponent(store)}`, { signal }),
  })
}

/** The newest connections that fit a filter. Without one the screen keeps the list up by itself, as long as it is shown. */
export function connectionsLook(filter: string) {
  const query = filter === '' ? { limit: 200 } : { limit: 200, filter }
  return queryOptions({
    queryKey: ['connections', filter],
    queryFn: ({ signal }) => ask<ConnectionPage>('/connections', { signal, query }),
    staleTime: filter === '' ? Number.POSITIVE_INFINITY : 0,
    gcTime: filter === '' ? Number.POSITIVE_INFINITY : FILTERED_KEPT_MS,
    refetchOnMount: 'always',
  })
}

/** What the policy, or a candidate, holds for a destination. */
export function explainLook(destination: string, text: string | undefined) {
  const body = text === undefined ? { destination } : { destination, text }
  return queryOptions({
    queryKey: ['policy', 'explain', destination, text ?? ''],
    queryFn: ({ signal }) => ask<Explanation>('/explain', { signal, method: 'POST', body }),
    enabled: destination !== '',
    retry: false,
  })
}

const FILTERED_KEPT_MS = 60_000
