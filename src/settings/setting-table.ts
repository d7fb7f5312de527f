/**
 * Every setting by its path, with its default and how its text on the command line or in the environment is read.
 * Names follow by rule and are written nowhere else: `timeouts.firstByte` is `--timeouts-first-byte` and
 * `VEDETTE_TIMEOUTS_FIRST_BYTE`.
 */

export interface SettingTraits {
  /** As an operator would write it in the document. */
  readonly fallback: string | number | readonly string[]
  /** How one text becomes what the document would hold. */
  readonly text: 'word' | 'number' | 'number or word' | 'list'
  /** Says whether a relative one is resolved against a folder. */
  readonly isPath?: true | 'or none'
}

export const settingTable = {
  'proxy.listen': { fallback: ['127.0.0.1:3128'], text: 'list' },
  // A word, because an empty list could not be said in a flag.
  'socks.listen': { fallback: ['none'], text: 'list' },
  'socks.users': { fallback: 'none', text: 'word', isPath: 'or none' },
  'admin.listen': { fallback: '127.0.0.1:9080', text: 'word' },
  'admin.identity': { fallback: 'none', text: 'word' },
  'admin.allow': { fallback: ['any'], text: 'list' },
  'admin.hosts': { fallback: ['own'], text: 'list' },
  'health.listen': { fallback: '127.0.0.1:9901', text: 'word' },
  policy: { fallback: 'policies/default.yaml', text: 'word', isPath: true },
  truststores: { fallback: 'truststores', text: 'word', isPath: true },
  identities: { fallback: 'identities', text: 'word', isPath: true },
  crls: { fallback: 'crls', text: 'word', isPath: true },
  state: { fallback: 'state', text: 'word', isPath: true },
  upstreamCredentials: { fallback: 'none', text: 'word', isPath: 'or none' },
  workers: { fallback: 'auto', text: 'number or word' },
  openTunnels: { fallback: 'drain', text: 'word' },
  refusalMessage: { fallback: 'none', text: 'word' },
  'limits.callers': { fallback: 8000, text: 'number' },
  'limits.tunnels': { fallback: 8000, text: 'number' },
  'limits.headBytes': { fallback: 65_536, text: 'number' },
  'limits.backendConnections': { fallback: 256, text: 'number' },
  'timeouts.dns': { fallback: '5s', text: 'word' },
  'timeouts.connect': { fallback: '5s', text: 'word' },
  'timeouts.handshake': { fallback: '10s', text: 'word' },
  'timeouts.head': { fallback: '30s', text: 'word' },
  // A mail client's long poll is answered after up to an hour, and must live.
  'timeouts.firstByte': { fallback: '1h', text: 'word' },
  'timeouts.idle': { fallback: '1h', text: 'word' },
  'timeouts.drain': { fallback: '30s', text: 'word' },
  'timeouts.pooled': { fallback: '15s', text: 'word' },
  'timeouts.verdict': { fallback: '60s', text: 'word' },
  'log.format': { fallback: 'json', text: 'word' },
  'log.level': { fallback: 'info', text: 'word' },
} as const satisfies Record<string, SettingTraits>

export type SettingPath = keyof typeof settingTable

export const settingPaths = Object.keys(settingTable) as readonly SettingPath[]

/** Gives the traits of a setting with the optional ones in reach. */
export function settingTraits(path: SettingPath): SettingTraits {
  return settingTable[path]
}

/** Names the flag of a setting. */
export function flagOf(path: SettingPath): string {
  return `--${words(path).join('-')}`
}

/** Names the environment variable of a setting. */
export function variableOf(path: SettingPath): string {
  return `VEDETTE_${words(path).join('_').toUpperCase()}`
}

/** Reads the text of a flag or variable as the document would hold it; what it means is the schema's business. */
export function readSettingText(path: SettingPath, text: string): unknown {
  const kind = settingTraits(path).text
  if (kind === 'list') return text.split(',').map((part) => part.trim())
  const isNumber = /^\d{1,15}$/.test(text) && kind !== 'word'
  return isNumber ? Number(text) : text
}

function words(path: SettingPath): readonly string[] {
  return path.replace(/[A-Z]/g, (letter) => `.${letter.toLowerCase()}`).split('.')
}
