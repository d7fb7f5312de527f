/**
 * TLS towards the callers of one service under one snapshot. Where callers are judged nothing is ever resumed: a session
 * remembers a certificate that was trusted once, here or at another entrance, and says nothing of today. Everything that
 * counts is in the context, and the context lives as long as its snapshot.
 */
import crypto from 'node:crypto'
import type net from 'node:net'
import tls from 'node:tls'
import { optionsOf } from '../backend/dial/tls-options.ts'
import { Anchors } from '../backend/judge/anchors.ts'
import type { RevocationKnowledge } from '../backend/judge/find-revocation.ts'
import { presentedChainOf } from '../backend/judge/read-handshake.ts'
import { SidecarError } from '../errors.ts'
import type { Service, ServiceTls } from '../settings/service.ts'
import type { Identity, Snapshot } from '../settings/snapshot.ts'
import type { TrustSet } from '../truststore/trust-set.ts'
import { type AcceptContext, acceptTls } from './dangerously-accept.ts'
import { type CallerIdentity, judgeCaller, shownNone } from './judge-caller.ts'
import { trustSetOf } from './trust-set-of.ts'

/** A caller that speaks TLS with us. */
export interface SecureCaller {
  readonly socket: tls.TLSSocket
  /** Undefined for one that showed no certificate and need not. */
  readonly identity: CallerIdentity | undefined
  readonly protocol: string
  readonly cipher: string
  /** The caller has our own certificate, and so our own key: whoever breaks into one of us is both. */
  readonly hasOurs: boolean
}

type Material = Pick<Snapshot, 'identities' | 'trust'>

export interface IncomingTlsOptions {
  readonly service: Pick<Service, 'name'> & { readonly tls: ServiceTls }
  readonly snapshot: Material
  readonly revocation?: RevocationKnowledge | undefined
  /** The wall clock, by default the machine's. */
  readonly now?: (() => number) | undefined
}

export class IncomingTls {
  readonly #options: IncomingTlsOptions
  readonly #context: AcceptContext
  readonly #anchors: Anchors
  readonly #identity: Identity

  /** Makes the OpenSSL context; throws an OPERATOR_ error that names the service. */
  constructor(options: IncomingTlsOptions) {
    const { service, snapshot } = options
    this.#options = options
    this.#identity = identityOf(service, snapshot)
    const sets = service.tls.trustStores.map((name) => trustSetOf(service, snapshot, name))
    this.#anchors = new Anchors(sets)
    this.#context = contextOf(service, { identity: this.#identity, sets })
  }

  /** Shakes hands and judges the caller; throws CALLER_TLS_FAILED or CALLER_CERTIFICATE_REFUSED. */
  async accept(raw: net.Socket): Promise<SecureCaller> {
    const { socket, opensslError } = await acceptTls(raw, this.#context)
    const identity = await this.#identify(socket, opensslError)
    return {
      socket,
      identity,
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher().standardName,
      hasOurs: identity?.sha256 === this.#identity.sha256,
    }
  }

  async #identify(socket: tls.TLSSocket, opensslError: string | undefined): Promise<CallerIdentity | undefined> {
    const { service, revocation, now = Date.now } = this.#options
    if (service.tls.verifyClient === 'none') return undefined
    const [leaf, ...others] = presentedChainOf(socket)
    if (leaf !== undefined) {
      const question = { chain: [leaf, ...others] as const, opensslError, anchors: this.#anchors, tls: service.tls }
      return judgeCaller({ ...question, knowledge: revocation, now })
    }
    if (service.tls.verifyClient === 'optional') return undefined
    throw shownNone()
  }
}

/** Makes the contexts of all services, for whoever wants to know that they can be made. */
export function buildIncoming(snapshot: Material & Pick<Snapshot, 'settings'>): void {
  for (const service of snapshot.settings.services) {
    if (service.tls !== undefined) new IncomingTls({ service: { name: service.name, tls: service.tls }, snapshot })
  }
}

interface Ingredients {
  readonly identity: Identity
  readonly sets: readonly TrustSet[]
}

function contextOf(
  { name, tls: wanted }: IncomingTlsOptions['service'],
  { identity, sets }: Ingredients,
): AcceptContext {
  const offer = optionsOf(wanted.offer)
  const isJudged = wanted.verifyClient !== 'none'
  const options: tls.SecureContextOptions = {
    ...offer,
    cert: identity.certificate,
    key: identity.key,
    secureOptions: (offer.secureOptions ?? 0) | (isJudged ? crypto.constants.SSL_OP_NO_TICKET : 0),
    // Sessions of one entrance mean nothing to another, whatever else they share.
    sessionIdContext: crypto.hash('sha256', JSON.stringify([name, identity.sha256, wanted]), 'hex').slice(0, 32),
    honorCipherOrder: true,
    // Always a list, even an empty one: without it Node would trust its own authorities.
    ca: sets.flatMap(({ certificates }) => certificates),
    allowPartialTrustChain: true,
  }
  try {
    const server = identity.staple === undefined ? undefined : staplingServer(options, identity.staple)
    return { secure: tls.createSecureContext(options), server, verifyClient: wanted.verifyClient }
  } catch (cause) {
    const message = `service ${name}: OpenSSL does not take its TLS settings: ${(cause as Error).message}`
    throw new SidecarError('OPERATOR_BAD_DOCUMENT', message, { details: { service: name }, cause })
  }
}

function staplingServer(options: tls.SecureContextOptions, staple: string): tls.Server {
  const answer = Buffer.from(staple, 'base64')
  const server = tls.createServer(options)
  return server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, answer))
}

function identityOf({ name, tls: { certificate } }: IncomingTlsOptions['service'], { identities }: Material): Identity {
  const identity = identities[certificate]
  if (identity !== undefined) return identity
  const message = `service ${name}: key pair ${certificate} is not loaded`
  throw new SidecarError('OPERATOR_BAD_IDENTITY', message, { details: { service: name, identity: certificate } })
}
