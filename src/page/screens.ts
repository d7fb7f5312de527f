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
const waiting = () => import('./screens/placeholder.tsx').then(({ Placeholder }) => ({ default: Placeholder }))

/** In the order of the navigation. */
export const screens: readonly ScreenEntry[] = [
  { path: '/', title: 'Overview', Screen: lazy(waiting) },
  { path: '/outgoing-tls', title: 'Outgoing TLS', Screen: lazy(outgoingTls) },
  { path: '/trust-stores', title: 'Trust stores', Screen: lazy(waiting) },
  { path: '/backends', title: 'Backends', Screen: lazy(waiting) },
  { path: '/connections', title: 'Connections', group: 'Monitoring', Screen: lazy(waiting) },
  { path: '/failures', title: 'Failures', group: 'Monitoring', Screen: lazy(waiting) },
  { path: '/logs', title: 'Logs', group: 'Monitoring', Screen: lazy(waiting) },
  { path: '/history', title: 'History', Screen: lazy(history) },
  { path: '/simulator', title: 'Simulator', Screen: lazy(waiting) },
  { path: '/system', title: 'System', Screen: lazy(waiting) },
]

/** Finds the screen at an address. */
export function screenAt(path: string): ScreenEntry | undefined {
  return screens.find((screen) => screen.path === path)
}
