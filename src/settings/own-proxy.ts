/**
 * The proxy for what we fetch ourselves (revocation lists, answers, issuers), from the variables every program knows.
 * Callers' traffic never goes by them: what leads it out is the policy's business (`via`).
 */
import { isInside, parseCidr, parseIp } from '../policy/address/ip-address.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { Via } from '../policy/policy.ts'

export interface OwnProxy {
  readonly via: Via
  /** As NO_PROXY lists them: names, names with all below them, addresses, ranges, `*`. */
  readonly except: readonly string[]
}

/** The variables in the order they are looked at: what is fetched is http:, so its own variable comes first. */
export const ownProxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'] as const
export const noProxyVariables = ['no_proxy', 'NO_PROXY'] as const

/** Reads it; a value that is no http:// proxy is passed over, because it is not ours alone to refuse. */
export function ownProxyOf(environment: Readonly<Record<string, string>>): OwnProxy | undefined {
  const text = ownProxyVariables.map((name) => environment[name]).find((value) => value)
  // A user and password in the address are left out: ours stand in the file that upstreamCredentials names.
  const [, authority] = /^(?:http:\/\/)?(?:[^@/]*@)?([^@/]+)\/?$/.exec(text ?? '') ?? []
  if (authority === undefined) return undefined
  try {
    const listed = noProxyVariables.map((name) => environment[name]).find((value) => value) ?? ''
    const except = listed.split(',').map((each) => each.trim().toLowerCase())
    return { via: { scheme: 'http', to: parseAuthority(authority, 80) }, except: except.filter((each) => each !== '') }
  } catch {
    return undefined
  }
}

/** Tells whether a host is fetched from without the proxy. */
export function isExcepted({ except }: OwnProxy, host: string): boolean {
  const bytes = parseIp(host)
  return except.some((entry) => {
    if (entry === '*') return true
    const range = parseCidr(entry)
    if (range !== undefined) return bytes !== undefined && isInside(range, bytes)
    const name = entry.replace(/^\*?\./, '')
    return host === name || host.endsWith(`.${name}`)
  })
}
