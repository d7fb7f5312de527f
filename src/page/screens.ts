/**
 * Every screen of the page: its address, its name in the navigation, and the part of the page that shows it, fetched
 * when somebody goes there. The one file to touch for a new screen.
 */
import { type ComponentType, lazy } from 'react'

export interface ScreenEntry {
  readonly path: string
  readonly title: string
  /** The word it stands under in the navigation. */
  readonly group?: string
  readonly Screen: ComponentType
}

const outgoingTls = () =>
  import('./outgoing-tls/outgoing-tls-screen.tsx').then(({ OutgoingTlsScreen }) => ({ default: OutgoingTlsScreen }))
const history = () => import('./history/history-screen.tsx').then(({ HistoryScreen }) => ({ default: HistoryScreen }))
const overview = () =>
  import('./overview/overview-screen.tsx').then(({ OverviewScreen }) => ({ default: OverviewScreen }))
const trustStores = () =>
  import('./trust/trust-stores-screen.tsx').then(({ TrustStoresScreen }) => ({ default: TrustStoresScreen }))
const backends = () =>
  import('./backends/backends-screen.tsx').then(({ BackendsScreen }) => ({ default: BackendsScreen }))
const connections = () =>
  import('./monitoring/connections-screen.tsx').then(({ ConnectionsScreen }) => ({ default: ConnectionsScreen }))
const failures = () =>
  import('./monitoring/failures-screen.tsx').then(({ FailuresScreen }) => ({ default: FailuresScreen }))
const ledger = () => import('./monitoring/ledger-screen.tsx').then(({ LedgerScreen }) => ({ default: LedgerScreen }))
const logs = () => import('./monitoring/logs-screen.tsx').then(({ LogsScreen }) => ({ default: LogsScreen }))
const simulator = () =>
  import('./simulator/simulator-screen.tsx').then(({ SimulatorScreen }) => ({ default: SimulatorScreen }))
const system = () => import('./system/system-screen.tsx').then(({ SystemScreen }) => ({ default: SystemScreen }))

/** In the order of the navigation. */
export const screens: readonly ScreenEntry[] = [
  { path: '/', title: 'Overview', Screen: lazy(overview) },
  { path: '/outgoing-tls', title: 'Outgoing TLS', Screen: lazy(outgoingTls) },
  { path: '/trust-stores', title: 'Trust stores', Screen: lazy(trustStores) },
  { path: '/backends', title: 'Backends', Screen: lazy(backends) },
  { path: '/connections', title: 'Connections', group: 'Monitoring', Screen: lazy(connections) },
  { path: '/failures', title: 'Failures', group: 'Monitoring', Screen: lazy(failures) },
  { path: '/untrusted', title: 'Untrusted servers', group: 'Monitoring', Screen: lazy(ledger) },
  { path: '/logs', title: 'Logs', group: 'Monitoring', Screen: lazy(logs) },
  { path: '/history', title: 'History', Screen: lazy(history) },
  { path: '/simulator', title: 'Simulator', Screen: lazy(simulator) },
  { path: '/system', title: 'System', Screen: lazy(system) },
]

/** Finds the screen at an address. */
export function screenAt(path: string): ScreenEntry | undefined {
  return screens.find((screen) => screen.path === path)
}
