/**
 * A connection of its own for one caller, as services need it: TLS at once or asked for in the words of a protocol,
 * and plain text only where the rule lets it out. What is weaker than TLS is never a matter of luck: a backend that
 * does not offer STARTTLS is refused unless its rule says `may`, and then the log says so each time.
 */

import { asSidecarError, SidecarError } from '../../errors.ts'
import type { AllowedDecision } from '../../policy/allowed-or-throw.ts'
import { nameToVerify } from '../../policy/names.ts'
import type { StarttlsProtocol } from '../../settings/service.ts'
import type { AskCaller } from '../starttls/dialect.ts'
import { makeDialect } from '../starttls/dialects.ts'
import type { Preface } from '../starttls/plain-beginning.ts'
import type { PlainBackend, VerifiedBackend } from '../verified-backend.ts'
import { verify } from '../verify.ts'
import { dialPlain } from './dial-plain.ts'
import type { DialTools } from './dial-tools.ts'

export interface ConnectionWish {
  readonly decision: AllowedDecision
  readonly scheme: 'tls' | 'tcp'
  readonly starttls?: StarttlsProtocol | undefined
  /** Sent before anything else: a PROXY header. */
  readonly header?: Buffer | undefined
  /** What is spoken to the backend begins with us, on the socket itself: one that speaks first is refused. */
  readonly givenOn?: boolean
  /** How the caller is asked in the middle of STARTTLS, for protocols that need its words; it is asked at most once. */
  readonly ask?: AskCaller | undefined
  readonly timeouts: { readonly connectMs: number; readonly handshakeMs: number }
}

export interface OpenedConnection {
  readonly backend: VerifiedBackend | PlainBackend
  /** Gives what the backend has said already, for the caller; to be called when the backend's reader is replaced. */
  takeEarly(): Buffer
  /** Why there is no TLS although it was asked for; undefined where there is, or none was asked for. */
  readonly plainBecause?: string
}

/** Opens it; throws as `verify` does, POLICY_PLAINTEXT_DENIED, BACKEND_NO_STARTTLS or BACKEND_STARTTLS_FAILED. */
export async function openConnection(tools: DialTools, wish: ConnectionWish): Promise<OpenedConnection> {
  const { decision, scheme, starttls } = wish
  const { rule, destination } = decision
  if (scheme === 'tcp') {
    if (rule.plaintext) return await openPlain(tools, wish)
    const message = `rule ${rule.name} lets no plain text out to ${destination.authority}`
    throw new SidecarError('POLICY_PLAINTEXT_DENIED', message, { details: { decision } })
  }
  try {
    return await openSecured(tools, wish)
  } catch (thrown) {
    const error = asSidecarError(thrown)
    if (starttls === undefined || rule.starttls !== 'may' || error.code !== 'BACKEND_NO_STARTTLS') throw error
    // A fresh connection: the dialogue has left the first one in a state that no caller expects.
    return { ...(await openPlain(tools, wish)), plainBecause: error.message }
  }
}

async function openSecured(tools: DialTools, wish: ConnectionWish): Promise<OpenedConnection> {
  const { decision, timeouts, givenOn = false } = wish
  const preface = prefaceOf(wish)
  return await verify(tools, {
    decision,
    // No ALPN: what the caller will speak is not known here.
    alpn: [],
    resume: true,
    greeting: givenOn ? 'refused' : 'kept',
    givenOn,
    timeouts,
    ...(preface === undefined ? {} : { preface }),
  })
}

function openPlain(tools: DialTools, wish: ConnectionWish): Promise<OpenedConnection> {
  const { decision, header, timeouts, givenOn = false } = wish
  const greeting = givenOn ? 'refused' : 'kept'
  return dialPlain(tools, { decision, header, connectMs: timeouts.connectMs, greeting, givenOn })
}

/** Makes what goes over a connection before TLS, fresh for each; undefined where TLS begins at once. */
export function prefaceOf({
  decision: { rule, destination },
  starttls,
  header,
  ask,
}: Pick<ConnectionWish, 'decision' | 'starttls' | 'header' | 'ask'>): (() => Preface) | undefined {
  if (starttls === undefined && header === undefined) return undefined
  const host = nameToVerify(rule, destination)
  return () => ({
    ...(header === undefined ? {} : { header }),
    ...(starttls === undefined ? {} : { dialect: makeDialect(starttls, { host }) }),
    ...(ask === undefined ? {} : { ask }),
  })
}
