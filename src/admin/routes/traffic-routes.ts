import * as instance from '../schemas/instance.ts'
import { pageQuery } from '../schemas/parts.ts'
import { operation } from '../schemas/policy.ts'
import * as traffic from '../schemas/traffic.ts'
import type { Route } from './route.ts'

/** Backends, what passes through, and the instance itself. */
export const trafficRoutes = {
  health: {
    ...{ method: 'GET', path: '/health', area: 'instance', least: 'anyone', status: 200 },
    says: 'For apps and load balancers: 200 while callers are served, 503 while not.',
    answer: instance.health,
  },
  openApi: {
    ...{ method: 'GET', path: '/openapi.json', area: 'instance', least: 'anyone', status: 200 },
    says: 'Gives this description as OpenAPI 3.1.',
    answer: 'json',
  },
  status: {
    ...{ method: 'GET', path: '/status', area: 'instance', least: 'viewer', status: 200 },
    says: 'Tells what runs, what waits and what was refused.',
    answer: instance.status,
  },
  settings: {
    ...{ method: 'GET', path: '/settings', area: 'instance', least: 'viewer', status: 200 },
    says: 'Lists the settings and where each came from.',
    answer: instance.settings,
  },
  services: {
    ...{ method: 'GET', path: '/services', area: 'instance', least: 'viewer', status: 200 },
    says: 'Lists the fixed forwards of the settings.',
    answer: instance.services,
  },
  backends: {
    ...{ method: 'GET', path: '/backends', area: 'backends', least: 'viewer', status: 200 },
    says: 'Lists the backends that the configuration names or traffic has met.',
    query: pageQuery,
    answer: traffic.backendPage,
  },
  backend: {
    ...{ method: 'GET', path: '/backends/{backend}', area: 'backends', least: 'viewer', status: 200 },
    says: 'Gives one backend with everything it has shown: verdicts, findings and chains.',
    answer: traffic.backendDetail,
  },
  tryOutBackend: {
    ...{ method: 'POST', path: '/backends/{backend}/matrix', area: 'backends', least: 'operator', status: 202 },
    says: 'Tries out what a backend accepts, one handshake after the other: at most 120, within a minute.',
    answer: operation,
  },
  sightings: {
    ...{ method: 'GET', path: '/sightings', area: 'backends', least: 'viewer', status: 200 },
    says: 'Reads the ledger of what was found about backends.',
    query: pageQuery,
    answer: traffic.sightingPage,
  },
  probe: {
    ...{ method: 'POST', path: '/probe', area: 'backends', least: 'operator', status: 200 },
    says: 'Makes one verifying handshake with a destination, under the policy or a candidate.',
    body: traffic.probeRequest,
    answer: traffic.probe,
  },
  explain: {
    ...{ method: 'POST', path: '/explain', area: 'backends', least: 'viewer', status: 200 },
    says: 'Says what the policy or a candidate holds for a destination, without dialling it.',
    body: traffic.destinationRequest,
    answer: traffic.explanation,
  },
  connections: {
    ...{ method: 'GET', path: '/connections', area: 'traffic', least: 'viewer', status: 200 },
    says: 'Lists the newest requests and tunnels that are over; a sample when there are many.',
    query: traffic.connectionQuery,
    answer: traffic.connectionPage,
  },
  failures: {
    ...{ method: 'GET', path: '/failures', area: 'traffic', least: 'viewer', status: 200 },
    says: 'Lists failures, counted together by backend, reason and key.',
    query: pageQuery,
    answer: traffic.failurePage,
  },
  changeFailure: {
    ...{ method: 'PATCH', path: '/failures/{id}', area: 'traffic', least: 'operator', status: 200 },
    says: 'Acknowledges, mutes or reopens a failure.',
    body: traffic.failureChange,
    answer: traffic.failure,
  },
  events: {
    ...{ method: 'GET', path: '/events', area: 'traffic', least: 'viewer', status: 200 },
    says: 'Lists the newest events of the instance.',
    query: pageQuery,
    answer: traffic.eventPage,
  },
  summary: {
    ...{ method: 'GET', path: '/summary', area: 'traffic', least: 'viewer', status: 200 },
    says: 'Gives what the overview draws: decisions and latency over the last hour, reasons, handshakes.',
    answer: traffic.summary,
  },
  stream: {
    ...{ method: 'GET', path: '/stream', area: 'traffic', least: 'viewer', status: 200 },
    says: 'Tells what happens as it happens, as server-sent events.',
    answer: 'stream',
  },
} as const satisfies Record<string, Route>
