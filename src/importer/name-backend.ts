/** Names that an import has to make up, and the hosts its rules match. Whatever it is given, they are sound. */
import { SidecarError } from '../errors.ts'
import type { Destination } from '../policy/destination.ts'
import { parsePattern } from '../policy/match-host.ts'
import { parseDestination } from '../policy/parse-destination.ts'
import type { Place, Tell } from './report.ts'

/** The names one import has given. Two files never share one, however alike they are called: that would add trust. */
export interface Names {
  readonly rule: (text: string) => string
  readonly service: (text: string) => string
  /** Names the trust store that holds what a file or folder of certificates held. */
  readonly store: (path: string) => string
  /** Names a key pair after its file. */
  readonly identity: (path: string) => string
}

/** Starts giving names. */
export function startNames(): Names {
  const rules = new Set(['unlisted'])
  const services = new Set(['proxy'])
  const stores = new Set(['none', 'bundled', 'system'])
  const identities = new Set<string>()
  const storeOf = new Map<string, string>()
  const identityOf = new Map<string, string>()
  const named = (path: string, fallback: string, given: Map<string, string>, taken: Set<string>) => {
    const name = given.get(path) ?? distinct(nameOfFile(path, fallback), taken)
    given.set(path, name)
    return name
  }
  return {
    rule: (text) => distinct(soundName(text, 'backend'), rules),
    service: (text) => distinct(soundName(text, 'service'), services),
    store: (path) => (systemStores.test(path) ? 'system' : named(path, 'imported', storeOf, stores)),
    identity: (path) => named(path, 'identity', identityOf, identities),
  }
}

function distinct(base: string, taken: Set<string>): string {
  let name = base
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`
  taken.add(name)
  return name
}

const systemStores =
  /^(@system-ca|system|\/etc\/ssl\/certs\/?|\/etc\/ssl\/certs\/ca-certificates\.crt|\/etc\/ssl\/cert\.pem|\/etc\/pki\/tls\/certs(\/ca-bundle\.crt)?|\/etc\/pki\/tls\/cert\.pem|\/etc\/pki\/ca-trust\/extracted\/.*)$/

function nameOfFile(path: string, fallback: string): string {
  const file =
    path
      .replace(/[/\\]+$/, '')
      .split(/[/\\]/)
      .at(-1) ?? ''
  return soundName(file.replace(/\.(pem|crt|cer|der|p12|pfx|jks|key|ks|db)$/i, ''), fallback)
}

/** A name of ours has 64 characters at most; room is left for a number behind it. */
function soundName(text: string, fallback: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  return name.slice(0, 56).replace(/-+$/, '') || fallback
}

/** Makes an entry of `match`; undefined, and told, for what is no host. */
export function matchBackend(host: string, port: string | undefined, at: Place, tell: Tell): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const written = bare.includes(':') ? `[${bare}]` : bare
  const text = port === undefined || port === '' ? written : `${written}:${port}`
  try {
    const pattern = parsePattern(text)
    if (/^(localhost|127\..*|::1)$/.test(pattern.host)) {
      const remedy = 'destinations.allowAddresses has to name it before anything is dialled there'
      tell(at, 'changed', `${text} is on this machine: ${remedy}`)
    }
    return text
  } catch (error) {
    if (!(error instanceof SidecarError)) throw error
    tell(at, 'ignored', `${text} is no host a rule could match: ${String(error.details.reason ?? error.message)}`)
    return undefined
  }
}

/** Brings the name or address that a certificate must carry to the form of documents; undefined for what none carries. */
export function certificateName(text: string): string | undefined {
  return hostOf(text)?.host
}

/** Brings a name that is sent as SNI to the form of documents; undefined for an address, and for what is no name. */
export function serverName(text: string): string | undefined {
  const host = hostOf(text)
  return host?.kind === 'name' ? host.host : undefined
}

/** By the reader of documents itself: what looks like a name and is none (`TLSv1.3`) must not get into one. */
function hostOf(text: string): Destination | undefined {
  try {
    return parseDestination(text, 443)
  } catch (error) {
    if (error instanceof SidecarError) return undefined
    throw error
  }
}
