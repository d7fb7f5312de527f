/** Every protocol there is a name for, with the names other products have for it. */
import { type DefaultSpan, defaultSpan } from './default-sets.ts'
import { retiredProtocol } from './retired.ts'

/** A protocol, whether this runtime has it or not. */
export interface KnownProtocol extends DefaultSpan {
  /** As documents, Node and Java write it; Apache and stunnel do so too. */
  readonly name: string
  /** IANA has a name in words. */
  readonly iana: string
  /** As `openssl ciphers -v` and `-min_protocol` write it; null where OpenSSL has none. */
  readonly openssl: string | null
  readonly java: string | null
  /** As priority strings write it. */
  readonly gnutls: string | null
  /** The version number in the ClientHello; null for what has none of its own. */
  readonly code: number | null
  readonly strength: 'good' | 'weak' | 'broken'
  readonly available: boolean
  /** Why it is weak or gone; empty for a good one. */
  readonly reason: string
}

const rfc8996 = 'withdrawn by RFC 8996, its signatures use SHA-1 and MD5; a rule takes it with security level 0'

/** Newest first. */
// biome-ignore format: one protocol, one line.
export const knownProtocols: readonly KnownProtocol[] = [
  here({ name: 'TLSv1.3', iana: 'TLS 1.3', openssl: 'TLSv1.3', java: 'TLSv1.3', gnutls: 'VERS-TLS1.3', code: 0x0304, strength: 'good', reason: '' }),
  here({ name: 'TLSv1.2', iana: 'TLS 1.2', openssl: 'TLSv1.2', java: 'TLSv1.2', gnutls: 'VERS-TLS1.2', code: 0x0303, strength: 'good', reason: '' }),
  here({ name: 'TLSv1.1', iana: 'TLS 1.1', openssl: 'TLSv1.1', java: 'TLSv1.1', gnutls: 'VERS-TLS1.1', code: 0x0302, strength: 'weak', reason: rfc8996 }),
  here({ name: 'TLSv1', iana: 'TLS 1.0', openssl: 'TLSv1', java: 'TLSv1', gnutls: 'VERS-TLS1.0', code: 0x0301, strength: 'weak', reason: rfc8996 }),
  gone({ name: 'SSLv3', iana: 'SSL 3.0', openssl: 'SSLv3', java: 'SSLv3', gnutls: 'VERS-SSL3.0', code: 0x0300 }),
  gone({ name: 'SSLv2Hello', iana: 'SSL 2.0 hello', openssl: null, java: 'SSLv2Hello', gnutls: null, code: null }),
  gone({ name: 'SSLv2', iana: 'SSL 2.0', openssl: 'SSLv2', java: null, gnutls: null, code: 0x0002 }),
]

type Names = Pick<KnownProtocol, 'name' | 'iana' | 'openssl' | 'java' | 'gnutls' | 'code'>

function here(protocol: Names & Pick<KnownProtocol, 'strength' | 'reason'>): KnownProtocol {
  return { ...protocol, ...defaultSpan('protocols', protocol.name), available: true }
}

function gone(names: Names): KnownProtocol {
  const reason = retiredProtocol(names.name) ?? ''
  return { ...names, since: undefined, until: undefined, strength: 'broken', available: false, reason }
}
