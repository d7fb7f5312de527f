/**
 * Whether each certificate of a path may be used as it is. OpenSSL looks at all of this as well, but tells only the
 * last thing it minds: behind an expired certificate, which an exception may forgive, it would keep silent about a
 * certificate that must not sign others. CVE-2025-61727 is why host names are held against name constraints here.
 */
import type crypto from 'node:crypto'
import net from 'node:net'
import { describeName } from '../certificate/describe-certificate.ts'
import { type CertificateExtensions, type DnsConstraints, readExtensions } from '../certificate/read-extensions.ts'
import type { ChainWalk } from './walk-chain.ts'

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const ANY_PURPOSE = '2.5.29.37.0'
const TLS_SERVER_USAGES = ['digitalSignature', 'keyEncipherment', 'keyAgreement'] as const
/** Critical extensions that OpenSSL or this file understands; another one means that the certificate must not be used. */
const understood = new Set(
  ['14', '15', '17', '18', '19', '30', '31', '32', '33', '35', '36', '37', '54'].map((n) => `2.5.29.${n}`),
)

/** What is wrong with the use of the certificates of a path, in sentences; empty when nothing is. */
export function describeWrongPurposes({ path, end }: ChainWalk, host: string): string[] {
  return path.flatMap((certificate, depth) => {
    const extensions = readExtensions(certificate.raw)
    if (extensions === undefined) return [`${named(certificate)} has extensions that cannot be read`]
    const isAnchor = end === 'anchor' && depth === path.length - 1
    // Self-issued certificates, as in a change of keys, do not count towards a path length (RFC 5280 §4.2.1.9).
    const below = path.slice(1, depth).filter((each) => each.subject !== each.issuer).length
    const wrong = wrongWith(certificate, { depth, below, isAnchor, extensions, host })
    return wrong.map((each) => `${named(certificate)} ${each}`)
  })
}

interface Place {
  /** 0 for the backend's own certificate. */
  readonly depth: number
  /** Intermediates between it and the backend's own. */
  readonly below: number
  readonly isAnchor: boolean
  readonly extensions: CertificateExtensions
  readonly host: string
}

function named(certificate: crypto.X509Certificate): string {
  return `the certificate of ${describeName(certificate.subject)}`
}

function wrongWith(certificate: crypto.X509Certificate, place: Place): string[] {
  const { depth, extensions } = place
  const purposes = certificate.keyUsage as readonly string[] | undefined
  const isForServers = !purposes || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_PURPOSE)
  const unknown = extensions.critical.find((id) => !understood.has(id))
  return [
    ...(isForServers ? [] : ['is not for TLS servers (extended key usage)']),
    ...(unknown ? [`has a critical extension nobody here knows (${unknown})`] : []),
    ...(depth === 0 ? wrongAsLeaf(certificate, extensions) : wrongAsIssuer(certificate, place)),
  ]
}

function wrongAsLeaf(certificate: crypto.X509Certificate, { keyUsage }: CertificateExtensions): string[] {
  const isForTls = !keyUsage || TLS_SERVER_USAGES.some((usage) => keyUsage.has(usage))
  // Tools make self-signed server certificates as CAs by habit; an authority that serves with its own is another matter.
  const isAuthority = certificate.ca && certificate.subject !== certificate.issuer
  return [
    ...(isForTls ? [] : ['is not for TLS (key usage)']),
    ...(isAuthority ? ['is that of a certificate authority, not of a server'] : []),
  ]
}

function wrongAsIssuer(certificate: crypto.X509Certificate, { below, isAnchor, extensions, host }: Place): string[] {
  const { keyUsage, pathLength, dnsConstraints } = extensions
  // The operator's own word makes an anchor: old roots of version 1 have nowhere to say that they may sign.
  const maySign = isAnchor || (certificate.ca && (!keyUsage || keyUsage.has('keyCertSign')))
  const isTooDeep = pathLength !== undefined && below > pathLength
  const isForbidden = dnsConstraints !== undefined && net.isIP(host) === 0 && !permits(dnsConstraints, host)
  return [
    ...(maySign ? [] : ['must not sign others, and did']),
    ...(isTooDeep ? [`allows ${pathLength} intermediates under it, ${below} came`] : []),
    ...(isForbidden ? [`must not vouch for ${host} (name constraints)`] : []),
  ]
}

/** Holds the host itself, not the certificate's names, against the constraints: a wildcard cannot step around them. */
function permits({ permitted, excluded }: DnsConstraints, host: string): boolean {
  const isWithin = (base: string) => {
    const parent = base.replace(/^\./, '')
    return parent === '' || host === parent || host.endsWith(`.${parent}`)
  }
  return !excluded.some(isWithin) && (permitted === undefined || permitted.some(isWithin))
}
