/**
 * What Node and OpenSSL say when a dial fails, in our words: the only file that knows their codes. Three things must
 * stay apart: we did not get there, we did not understand each other, and the backend told us no (an alert received).
 */
import { type ErrorCode, SidecarError } from '../../errors.ts'
import type { FindingName } from '../../policy/policy.ts'

/** What went wrong, before it is known whether it is the policy's doing. */
export interface DialFailure {
  readonly code: ErrorCode
  /** What happened, to be put behind the name of the backend. */
  readonly what: string
  /** Set when the failure shows that what the rule offers is not what the backend speaks. */
  readonly finding?: FindingName
  /** The name of the alert received, as in RFC 8446. */
  readonly alert?: string
  /** True when the connection ended or went silent in mid-handshake, without a word about why. */
  readonly broken?: boolean
  /** True when what came back was no TLS at all. */
  readonly notTls?: boolean
}

/** Names the failure of the TCP connection. */
export function connectFailure(error: NodeJS.ErrnoException): DialFailure {
  const known = connectCodes[error.code ?? '']
  return known ?? { code: 'BACKEND_UNREACHABLE', what: `could not be reached (${error.code ?? error.message})` }
}

const connectCodes: Readonly<Record<string, DialFailure>> = {
  ECONNREFUSED: { code: 'BACKEND_CONNECT_REFUSED', what: 'refused the connection' },
  ECONNRESET: { code: 'BACKEND_CONNECT_REFUSED', what: 'reset the connection as it was made' },
  ETIMEDOUT: { code: 'BACKEND_CONNECT_TIMEOUT', what: 'did not answer the connection attempt' },
  EHOSTUNREACH: { code: 'BACKEND_UNREACHABLE', what: 'is unreachable: no route to the host' },
  ENETUNREACH: { code: 'BACKEND_UNREACHABLE', what: 'is unreachable: no route to its network' },
  EADDRNOTAVAIL: { code: 'BACKEND_UNREACHABLE', what: 'is unreachable: no local address or port is free for it' },
  EACCES: { code: 'BACKEND_UNREACHABLE', what: 'is unreachable: the system forbids the connection' },
  EPERM: { code: 'BACKEND_UNREACHABLE', what: 'is unreachable: a firewall on this machine forbids the connection' },
  EMFILE: { code: 'INTERNAL_AT_LIMIT', what: 'was not dialled: this process has no file descriptor left' },
  ENFILE: { code: 'INTERNAL_AT_LIMIT', what: 'was not dialled: the system has no file descriptor left' },
}

/** Names the failure of the TLS handshake, once TCP stands. */
export function handshakeFailure(error: NodeJS.ErrnoException): DialFailure {
  const code = error.code ?? ''
  const alert = alertOf(code)
  if (alert !== undefined) return alertFailure(alert)
  if (closedCodes.has(code)) {
    return { code: 'BACKEND_HANDSHAKE_FAILED', what: 'closed the connection during the TLS handshake', broken: true }
  }
  if (loweredCodes.has(code)) {
    const what = 'answered with a TLS version below what the rule offers'
    return { code: 'BACKEND_HANDSHAKE_FAILED', what, finding: 'protocol-refused' }
  }
  if (unofferedCodes.has(code)) {
    const what = 'chose a cipher suite that was not offered'
    return { code: 'BACKEND_HANDSHAKE_FAILED', what, finding: 'cipher-refused' }
  }
  const refused = refusedChoices[code]
  if (refused !== undefined) return { code: 'BACKEND_HANDSHAKE_FAILED', ...refused }
  if (strangeCodes.has(code)) {
    return { code: 'BACKEND_HANDSHAKE_FAILED', what: 'answered with something that is not TLS', notTls: true }
  }
  return { code: 'BACKEND_HANDSHAKE_FAILED', what: `failed in the TLS handshake (${code || error.message})` }
}

/**
 * The refusal of a backend that told it with an alert after the handshake, as TLS 1.3 does of a client certificate it
 * does not take; undefined where the connection broke in another way.
 */
export function lateRefusal(authority: string, error: NodeJS.ErrnoException | undefined): SidecarError | undefined {
  const alert = alertOf(error?.code ?? '')
  if (alert === undefined) return undefined
  const { code, what } = alertFailure(alert)
  return new SidecarError(code, `backend ${authority}: ${what}`, { details: { alert }, cause: error })
}

/** Makes the error for a backend that closed `when` it should not have, or refused us with an alert. */
export function brokenOff(authority: string, when: string, error: Error | undefined): SidecarError {
  const message = `${authority} closed the connection ${when}`
  return lateRefusal(authority, error) ?? new SidecarError('BACKEND_CLOSED_EARLY', message, { cause: error })
}

function alertFailure(alert: string): DialFailure {
  const code = 'BACKEND_REFUSED_US'
  if (alert === 'protocol_version') {
    const what = 'speaks none of the TLS versions that the rule offers (alert protocol_version)'
    return { code, what, alert, finding: 'protocol-refused' }
  }
  return { code, what: `refused us with the alert ${alert}${alertMeanings[alert] ?? ''}`, alert }
}

const alertMeanings: Readonly<Record<string, string>> = {
  handshake_failure:
    ': most often no cipher suite or group in common, or it wants a client certificate or a server name (SNI); the alert does not say which',
  insufficient_security: ': it wants stronger cipher suites than the rule offers',
  unrecognized_name: ': it does not know the server name sent (SNI)',
  certificate_required: ': it wants a client certificate',
  bad_certificate: ': it does not take the client certificate, or the lack of one',
  unknown_ca: ': it does not trust who issued the client certificate',
}

/** The connection ended, cleanly or not, before the handshake did. */
const closedCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING'])
/** Our own refusal of the version that the backend chose. */
const loweredCodes = new Set(['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_WRONG_SSL_VERSION', 'ERR_SSL_VERSION_TOO_LOW'])
const unofferedCodes = new Set(['ERR_SSL_WRONG_CIPHER_RETURNED', 'ERR_SSL_UNKNOWN_CIPHER_RETURNED'])
/** Choices of the backend that OpenSSL refuses before we could judge them, each with what is wrong with it. */
const refusedChoices: Readonly<Record<string, Pick<DialFailure, 'what' | 'finding'>>> = {
  ERR_SSL_WRONG_CURVE: { what: 'chose a group that was not offered', finding: 'group-refused' },
  ERR_SSL_BAD_KEY_SHARE: { what: 'chose a group that was not offered', finding: 'group-refused' },
  ERR_SSL_DH_KEY_TOO_SMALL: {
    what: 'chose a Diffie-Hellman group that is too small for the security level of the rule',
    finding: 'group-refused',
  },
  ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED: {
    what: 'lacks secure renegotiation (RFC 5746); a rule may take it with legacy: { unsafeRenegotiation: true }',
    finding: 'protocol-refused',
  },
  ERR_SSL_WRONG_SIGNATURE_TYPE: { what: 'signed with an algorithm that was not offered', finding: 'weak-signature' },
}
/** The first bytes are no TLS record; an HTTP server or a mail banner looks like this. */
const strangeCodes = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_BAD_RECORD_TYPE',
])

/**
 * Reads the alert's name from OpenSSL's code for it. The code names who defined the alert (ERR_SSL_TLSV1_ALERT_…,
 * ERR_SSL_SSL/TLS_ALERT_…), which says nothing, and for those of RFC 6066 it leaves the word ALERT out.
 */
function alertOf(code: string): string | undefined {
  const named = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_(?:ALERT_)?([A-Z0-9_]+)$/.exec(code)?.[1]?.toLowerCase()
  return named !== undefined && alerts.has(named) ? named : undefined
}

/** The alerts OpenSSL has a code for, spelled as it does. */
const alerts = new Set([
  'unexpected_message',
  'bad_record_mac',
  'decryption_failed',
  'record_overflow',
  'handshake_failure',
  'no_certificate',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'illegal_parameter',
  'unknown_ca',
  'access_denied',
  'decode_error',
  'decrypt_error',
  'export_restriction',
  'protocol_version',
  'insufficient_security',
  'internal_error',
  'inappropriate_fallback',
  'user_cancelled',
  'no_renegotiation',
  'missing_extension',
  'unsupported_extension',
  'certificate_unobtainable',
  'unrecognized_name',
  'bad_certificate_status_response',
  'bad_certificate_hash_value',
  'unknown_psk_identity',
  'certificate_required',
  'no_application_protocol',
])

/** Makes the error of a failed dial; every attempt is told when there were several. */
export function dialError(authority: string, attempts: readonly FailedAttempt[]): SidecarError {
  const last = attempts.at(-1) as FailedAttempt
  const tried = attempts.map(({ address, failure }) => `${address} ${failure.what}`).join('; ')
  const { code, alert } = last.failure
  return new SidecarError(code, `backend ${authority}: ${tried}`, {
    details: { address: last.address, ...(alert ? { alert } : {}) },
    cause: last.cause,
  })
}

/** One address that was tried, and what became of it. */
export interface FailedAttempt {
  readonly address: string
  readonly failure: DialFailure
  readonly cause: unknown
}
