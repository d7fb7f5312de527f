import type { ErrorCode } from '../errors.ts'
import type { Finding } from '../policy/verdict.ts'

/**
 * All that is said of one request or tunnel when it is over. Flat and mutable on purpose: an entrance may keep one
 * and fill it again. The path is not part of it, nor are fields: both may hold secrets, at every log level.
 */
export interface AccessRecord {
  /** When it was over, milliseconds since the epoch. */
  timeMs: number
  requestId: string
  /** `proxy`, or the name of a service. */
  entrance: string
  kind: 'originate' | 'connect' | 'upgrade' | 'plain' | 'service'
  method: string
  scheme: string
  /** The destination; empty when the request was too broken to name one. */
  host: string
  port: number
  caller: string
  callerPort: number
  /** Who the caller is by its certificate or token, as `kind:value`; empty when it showed none. */
  callerIdentity: string
  /** TLS protocol that the caller speaks with us; empty for plain text. */
  callerProtocol: string
  /** What is doubtful about the caller and was let pass; empty when nothing is. */
  callerWarning: string
  /** The address that was dialled; empty when none was. */
  address: string
  version: number
  generation: number
  rule: string
  decision: 'allow' | 'allow-untrusted' | 'deny' | 'error'
  /** Empty when no handshake was judged. */
  verdict: '' | 'trusted' | 'allowed' | 'refused'
  findings: readonly Finding[]
  wouldRefuse: boolean
  because: readonly string[]
  error: ErrorCode | ''
  /** The error's own message; empty when all went well. */
  message: string
  /** The status the caller was sent; 0 when there was none. */
  status: number
  /** From the backend to the caller. */
  bytesIn: number
  /** From the caller to the backend. */
  bytesOut: number
  /** True when the backend connection came from the pool. */
  reused: boolean
  /** True when the TLS session was resumed. */
  resumed: boolean
  /** TLS protocol, suite (IANA name), group and SNI; empty when there was no handshake. */
  protocol: string
  cipher: string
  group: string
  sni: string
  /** Phases; below zero is a phase that did not happen. */
  dnsMs: number
  connectMs: number
  tlsMs: number
  firstByteMs: number
  totalMs: number
}

/** Makes a record with every field in place, so that all records have one shape for the optimiser. */
export function emptyAccessRecord(): AccessRecord {
  return {
    timeMs: 0,
    requestId: '',
    entrance: 'proxy',
    kind: 'originate',
    method: '',
    scheme: '',
    host: '',
    port: 0,
    caller: '',
    callerPort: 0,
    callerIdentity: '',
    callerProtocol: '',
    callerWarning: '',
    address: '',
    version: 0,
    generation: 0,
    rule: '',
    decision: 'allow',
    verdict: '',
    findings: [],
    wouldRefuse: false,
    because: [],
    error: '',
    message: '',
    status: 0,
    bytesIn: 0,
    bytesOut: 0,
    reused: false,
    resumed: false,
    protocol: '',
    cipher: '',
    group: '',
    sni: '',
    dnsMs: -1,
    connectMs: -1,
    tlsMs: -1,
    firstByteMs: -1,
    totalMs: 0,
  }
}
