/**
 * Every way this product can fail, in one table. The prefix says whose fault it is:
 * CALLER_ sent something wrong, POLICY_ forbids it, BACKEND_ or the network failed,
 * OPERATOR_ settings or files are wrong, INTERNAL_ is ours. The table knows no HTTP and no exit
 * codes: each door (proxy/error-reply, cli/exit-codes, the admin API) translates in one place.
 */

export interface ErrorTraits {
  /** The level its log line has. */
  readonly level: 'info' | 'warn' | 'error'
  /** What the reader of the message should do next: one sentence. */
  readonly hint: string
}

export const errorCodes = {
  CALLER_BAD_REQUEST: { level: 'warn', hint: 'Send one well-formed HTTP/1.1 request (RFC 9112).' },
  CALLER_BAD_TARGET: { level: 'warn', hint: 'Ask for http://host/…, https://host/… or CONNECT host:port.' },
  CALLER_HEAD_TOO_LARGE: { level: 'warn', hint: 'Send fewer or shorter fields, or raise limits.headBytes.' },
  CALLER_TIMEOUT: { level: 'info', hint: 'Send the whole request within timeouts.head.' },
  CALLER_LOOP: { level: 'warn', hint: 'The request came back to this proxy: point the caller at the backend itself.' },
  CALLER_BAD_PROXY_HEADER: {
    level: 'warn',
    hint: 'Begin with the PROXY header the service expects, from a peer that proxyProtocol.from lists.',
  },
  CALLER_TLS_FAILED: {
    level: 'warn',
    hint: 'Speak TLS to this entrance, in a version and with a suite and group that it takes.',
  },
  CALLER_CERTIFICATE_REFUSED: {
    level: 'warn',
    hint: 'Show a certificate that the trust stores of the service vouch for and tls.allow lists, valid and not revoked.',
  },
  CALLER_BAD_SOCKS: { level: 'warn', hint: 'Speak SOCKS5 (RFC 1928) at this port, and ask for CONNECT.' },
  CALLER_NOT_AUTHENTICATED: { level: 'warn', hint: 'Give a user and password of the file that socks.users names.' },
  CALLER_TOKEN_REFUSED: {
    level: 'warn',
    hint: 'Bring a token of this service that is valid, not revoked and not spent: vedette token issue makes one.',
  },
  CALLER_BAD_UPGRADE: {
    level: 'warn',
    hint: 'Ask for a WebSocket (RFC 6455) at the path of the service, from an origin and with a protocol it lists.',
  },
  CALLER_BAD_LOGIN: {
    level: 'warn',
    hint: 'Log in as the service expects it: by the MySQL protocol, with ssl switched off in the client.',
  },
  CALLER_LEFT: { level: 'info', hint: 'The caller closed its connection before the answer was complete.' },

  POLICY_UNLISTED: { level: 'warn', hint: 'Add a rule for this destination, or set destinations.unlisted: allow.' },
  POLICY_RULE_DENIES: { level: 'warn', hint: 'The named rule denies this destination: change its action.' },
  POLICY_ADDRESS_DENIED: { level: 'warn', hint: 'Add the address to destinations.allowAddresses if it is meant.' },
  POLICY_VERDICT_REFUSED: {
    level: 'warn',
    hint: 'See the findings: mend the backend, or write a rule or an exception.',
  },
  POLICY_NOT_TLS: { level: 'warn', hint: 'Speak TLS inside the tunnel, or set plaintext: true in a rule for it.' },

  POLICY_PLAINTEXT_DENIED: {
    level: 'warn',
    hint: 'Connect with tls:// or wss://, or set plaintext: true in a rule for this destination.',
  },

  BACKEND_NAME_NOT_FOUND: { level: 'warn', hint: 'The name does not resolve: check it and the resolver.' },
  BACKEND_DNS_FAILED: { level: 'warn', hint: 'The resolver failed or was too slow: check it, or raise timeouts.dns.' },
  BACKEND_CONNECT_REFUSED: { level: 'warn', hint: 'Nothing listens there: check host, port and firewall.' },
  BACKEND_UNREACHABLE: { level: 'warn', hint: 'No route to the backend: check the network.' },
  BACKEND_CONNECT_TIMEOUT: { level: 'warn', hint: 'The backend did not accept within timeouts.connect.' },
  BACKEND_HANDSHAKE_TIMEOUT: {
    level: 'warn',
    hint: 'The backend did not finish TLS, or take a WebSocket, within timeouts.handshake.',
  },
  BACKEND_HANDSHAKE_FAILED: { level: 'warn', hint: 'The backend does not speak TLS as it should on this port.' },
  BACKEND_NO_STARTTLS: {
    level: 'warn',
    hint: 'The backend, or somebody on the way, does not offer TLS: enable STARTTLS there, or let its rule say starttls: may.',
  },
  BACKEND_STARTTLS_FAILED: {
    level: 'warn',
    hint: 'The backend broke the dialogue before TLS: check the protocol named.',
  },
  BACKEND_UPSTREAM_FAILED: {
    level: 'warn',
    hint: 'The upstream proxy that the rule names (via) did not open the way: the message has its words.',
  },
  BACKEND_UPGRADE_REFUSED: {
    level: 'warn',
    hint: 'The backend answers the request for a WebSocket, and refuses it: check path, origin and protocols, the message has its answer.',
  },
  BACKEND_BAD_UPGRADE: {
    level: 'warn',
    hint: 'What the backend answered is no WebSocket of RFC 6455: the message says what is wrong with it.',
  },
  BACKEND_REFUSED_US: {
    level: 'warn',
    hint: 'The backend sent a TLS alert: compare what it wants with what we offer.',
  },
  BACKEND_CLOSED_EARLY: { level: 'warn', hint: 'The backend closed before its answer was complete.' },
  BACKEND_BAD_RESPONSE: { level: 'error', hint: 'The backend broke HTTP/1.1: its answer cannot be passed on safely.' },
  BACKEND_FIRST_BYTE_TIMEOUT: { level: 'warn', hint: 'The backend did not answer within timeouts.firstByte.' },
  BACKEND_FETCH_FAILED: {
    level: 'warn',
    hint: 'What a certificate points to could not be fetched: check that server and the way to it.',
  },
  BACKEND_IDLE_TIMEOUT: { level: 'warn', hint: 'Nothing moved for timeouts.idle.' },

  OPERATOR_BAD_DOCUMENT: { level: 'error', hint: 'Mend the places named; vedette check FILE shows them again.' },
  OPERATOR_BAD_TRUST_STORE: { level: 'error', hint: 'Mend or remove the named file under truststores/.' },
  OPERATOR_BAD_IDENTITY: { level: 'error', hint: 'Mend the named key pair under identities/.' },
  OPERATOR_FILE_UNREADABLE: { level: 'error', hint: 'Check that the file exists and may be read.' },
  OPERATOR_FILE_UNWRITABLE: { level: 'error', hint: 'Check the folder: space, rights, read-only mount.' },
  OPERATOR_PORT_IN_USE: { level: 'error', hint: 'Stop the other program or choose another address.' },
  OPERATOR_ADDRESS_UNUSABLE: { level: 'error', hint: 'This machine cannot listen on that address.' },
  OPERATOR_UNSAFE_ADDRESS: {
    level: 'error',
    hint: 'Leaving loopback needs the --unsafe-… flag that the message names.',
  },
  OPERATOR_ALREADY_RUNNING: {
    level: 'error',
    hint: 'Another instance uses this state folder: stop it or use --state.',
  },
  OPERATOR_NOT_RUNNING: { level: 'error', hint: 'Start vedette run, or name its state folder with --state.' },
  OPERATOR_POLICY_TEST_FAILED: {
    level: 'error',
    hint: 'A test in the policy does not hold: see which, mend or drop it.',
  },
  OPERATOR_VERSION_UNKNOWN: { level: 'error', hint: 'vedette versions lists those that exist.' },
  OPERATOR_NOTHING_TO_CONFIRM: { level: 'error', hint: 'No applied version waits for a confirmation.' },
  OPERATOR_EDIT_CONFLICT: { level: 'error', hint: 'Somebody applied another version meanwhile: look at vedette diff.' },
  OPERATOR_GENERATION_FAILED: { level: 'error', hint: 'The new workers did not start; the old ones run on.' },
  OPERATOR_USAGE: { level: 'error', hint: 'See vedette --help.' },

  OPERATOR_BAD_REQUEST: { level: 'warn', hint: 'Mend the request at the places named; docs/api.md describes it.' },
  OPERATOR_BAD_BACKUP: {
    level: 'warn',
    hint: 'Give a file that vedette backup or the System Manager made, as it was made.',
  },
  OPERATOR_NOT_SIGNED_IN: { level: 'warn', hint: 'Sign in, or send a valid API key as a bearer token.' },
  OPERATOR_SIGN_IN_FAILED: { level: 'warn', hint: 'Check name and password; an admin can set a new one.' },
  OPERATOR_NOT_PERMITTED: { level: 'warn', hint: 'Ask an admin for the role that the message names.' },
  OPERATOR_CROSS_SITE: {
    level: 'warn',
    hint: 'Open the page under an address that admin.listen or admin.hosts names.',
  },
  OPERATOR_BUSY: { level: 'warn', hint: 'Work of this kind is under way already: try again when it is done.' },
  OPERATOR_TOO_MANY_TRIES: {
    level: 'warn',
    hint: 'Wait as long as Retry-After says; other addresses are not affected.',
  },
  OPERATOR_NOT_FOUND: { level: 'warn', hint: 'Look at the list it should be in; docs/api.md has all paths.' },
  OPERATOR_CONFLICT: { level: 'warn', hint: 'What is there stands in the way: look at it again.' },
  OPERATOR_NO_PRECONDITION: { level: 'warn', hint: 'Send If-Match with the ETag of the policy you started from.' },
  OPERATOR_TOO_LARGE: { level: 'warn', hint: 'Send less: the message names the limit.' },

  INTERNAL_AT_LIMIT: {
    level: 'warn',
    hint: 'Raise the limit that the message names or add workers; where memory is short, give it more.',
  },
  INTERNAL_DRAINING: { level: 'info', hint: 'The instance is shutting down.' },
  INTERNAL_ERROR: { level: 'error', hint: 'A bug of ours: please report it with the log line.' },
} as const satisfies Record<string, ErrorTraits>

export type ErrorCode = keyof typeof errorCodes
export type Fault = 'caller' | 'policy' | 'backend' | 'operator' | 'internal'
export type ErrorDetails = Readonly<Record<string, unknown>>

/** The only error class thrown on purpose. Anything else that surfaces is a bug of ours. */
export class SidecarError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'SidecarError'
    this.code = code
    this.details = options.details ?? {}
  }
}

/** Tells whose fault a code is, from its prefix. */
export function faultOf(code: ErrorCode): Fault {
  return code.slice(0, code.indexOf('_')).toLowerCase() as Fault
}

/** Tells where the documents explain a code. A caller may have no page to look at, so it is the place in the source. */
export function entryOf(code: ErrorCode): string {
  return entries[code]
}

/** Made once: refusals and their log lines only look them up. */
const entries = Object.fromEntries(
  Object.keys(errorCodes).map((code) => [code, `docs/reasons.md#${code.toLowerCase()}`]),
) as Readonly<Record<ErrorCode, string>>

/** Wraps anything thrown as a SidecarError; what was not thrown on purpose becomes INTERNAL_ERROR. */
export function asSidecarError(thrown: unknown): SidecarError {
  if (thrown instanceof SidecarError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new SidecarError('INTERNAL_ERROR', message, { cause: thrown })
}
