/**
 * Dial, find, judge: the only maker of a VerifiedBackend. What is refused is destroyed before anybody hears of it, and
 * between the end of the handshake and the verdict there is no moment at which a byte could be sent.
 */
import type tls from 'node:tls'
import { SidecarError } from '../errors.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import { nameToVerify, serverNameFor } from '../policy/names.ts'
import { exceptionsUsed, reachVerdict, type Verdict, type VerdictInput, verdictEnd } from '../policy/verdict.ts'
import { countFailure, countHandshake } from './count-handshake.ts'
import type { RuleContext } from './dial/contexts.ts'
import { type Dialled, type DialWish, dangerouslyConnect } from './dial/dangerously-connect.ts'
import { DialError } from './dial/dial-error.ts'
import { dialTolerantly, type TolerantlyDialled } from './dial/dial-tolerantly.ts'
import type { DialTools } from './dial/dial-tools.ts'
import { recogniseStranger } from './dial/recognise-stranger.ts'
import type { CarriedSession, SessionKey } from './dial/sessions.ts'
import { findRevocation, judgePath, wantsStaple } from './judge/find-revocation.ts'
import { type CertificateFindings, handshakeFindings } from './judge/findings.ts'
import { dhBitsOf, groupOf, opensslErrorOf, type PresentedChain, presentedChainOf } from './judge/read-handshake.ts'
import { gone, type RefusalDetails, refused } from './judge/refusal.ts'
import type { Preface } from './starttls/plain-beginning.ts'
import { upstreamOf } from './upstream/upstream-of.ts'
import type { DialPhases, TlsFacts, VerifiedBackend } from './verified-backend.ts'
import { nothingShown, type Witnessed } from './witness.ts'

export interface VerifyWish {
  readonly decision: AllowedDecision
  /** Protocols to offer by ALPN; none leaves the extension out. */
  readonly alpn: readonly string[]
  /** False for a handshake whose point is to see the certificate. */
  readonly resume: boolean
  /** What becomes of bytes that come unasked; those of a handshake that is only looked at are ignored. */
  readonly greeting?: DialWish['greeting']
  readonly givenOn?: boolean
  /** Makes what goes over the connection before TLS; a dialogue remembers, so each connection gets its own. */
  readonly preface?: () => Preface
  /** In place of those of the settings. */
  readonly timeouts?: DialWish['timeouts']
}

export interface VerifiedDial {
  readonly backend: VerifiedBackend
  /** When the verdict ends by itself: a certificate, an answer about revocation, or the exception that let it pass. */
  readonly validUntilMs: number
  /** What was seen of the backend's certificate; empty for a resumed session, which shows none. */
  readonly presentedChain: PresentedChain
  /** Whether an OCSP answer came along; only where the rule asks for one. */
  readonly stapled: boolean
  /** Gives what the backend has said already, where that is kept; to be called when its reader is replaced. */
  takeEarly(): Buffer
  /** Tells whether it has become known by now that a certificate of the path was revoked. */
  readonly isRevoked: () => boolean
}

/**
 * Dials a backend and judges it. Throws POLICY_VERDICT_REFUSED with `verdict`, `tls`, `address`, `phases` and
 * `presentedChain` among its details, POLICY_ADDRESS_DENIED, CALLER_LOOP, or a BACKEND_ error.
 */
export async function verify(tools: DialTools, wish: VerifyWish): Promise<VerifiedDial> {
  const startedMs = performance.now()
  const addresses = await tools.addresses.findFor(wish.decision)
  return await new Handshake(tools, wish, performance.now() - startedMs).dial(addresses)
}

class Handshake {
  readonly #tools: DialTools
  readonly #decision: AllowedDecision
  readonly #wish: VerifyWish
  readonly #dnsMs: number
  readonly #context: RuleContext
  readonly #key: SessionKey
  readonly #offered: CarriedSession | undefined
  /** What a ticket is kept with, known only once the backend has passed. */
  #carry: Omit<CarriedSession, 'session'> | undefined
  #earlyTicket: Buffer | undefined

  constructor(tools: DialTools, wish: VerifyWish, dnsMs: number) {
    const { decision, resume } = wish
    const { rule, destination } = decision
    this.#tools = tools
    this.#decision = decision
    this.#wish = wish
    this.#dnsMs = dnsMs
    this.#context = tools.contexts.of(rule)
    this.#key = {
      rule,
      authority: destination.authority,
      serverName: serverNameFor(rule, destination),
      nameToVerify: nameToVerify(rule, destination),
      identity: tools.snapshot.identities[rule.clientCertificate ?? '']?.sha256,
    }
    this.#offered = resume ? tools.sessions.find(this.#key, tools.now()) : undefined
  }

  async dial(addresses: readonly string[]): Promise<VerifiedDial> {
    const { tolerance, counters } = this.#tools
    let tolerant: TolerantlyDialled
    try {
      tolerant = await dialTolerantly({
        authority: this.#key.authority,
        tolerance,
        counters,
        full: this.#context.secure,
        classic: this.#context.classic,
        connect: (context, address) => this.#connect(context, address === undefined ? addresses : [address]),
      })
    } catch (thrown) {
      throw thrown instanceof DialError ? await this.#failed(thrown) : thrown
    }
    const judged = await this.#judge(tolerant.dialled)
    tolerant.passed()
    return judged
  }

  #connect(secureContext: tls.SecureContext, addresses: readonly string[]): Promise<Dialled> {
    const { deadlines, snapshot } = this.#tools
    const { alpn, resume, preface, greeting = resume ? 'refused' : 'ignored', givenOn = false } = this.#wish
    return dangerouslyConnect({
      destination: this.#decision.destination,
      addresses,
      timeouts: this.#wish.timeouts ?? snapshot.settings.timeouts,
      deadlines,
      greeting,
      givenOn,
      upstream: upstreamOf(snapshot, this.#decision),
      ...(preface === undefined ? {} : { preface: preface() }),
      tls: {
        secureContext,
        serverName: this.#key.serverName,
        alpn,
        session: this.#offered?.session,
        wantsStaple: wantsStaple(this.#decision.rule),
        onSession: resume ? (session) => this.#ticket(session) : undefined,
      },
    })
  }

  async #judge(dialled: Dialled): Promise<VerifiedDial> {
    const { wire, address, takeEarly } = dialled
    const phases = this.#phases(dialled)
    try {
      if (wire.destroyed) throw this.#gone(wire.error, { address, phases })
      const { rule, destination } = this.#decision
      const socket = wire.socket as tls.TLSSocket
      const { certificate, tls, presentedChain } = this.#look(socket, dialled.staple)
      const revocation = await findRevocation(certificate.revocation, this.#asked)
      // Finding out may have taken a while; until the verdict whatever the backend says is unasked for, and ends it.
      if (wire.destroyed) throw this.#gone(wire.error, { address, phases })
      const input: VerdictInput = {
        findings: [...certificate.findings, ...revocation.findings, ...handshakeFindings(tls, rule)],
        rule,
        exceptions: this.#tools.snapshot.policy.exceptions,
        destination,
        spkiSha256: certificate.spkiSha256 === '' ? undefined : certificate.spkiSha256,
        nowMs: this.#tools.now(),
      }
      const verdict = reachVerdict(input)
      const exceptions = verdict.because.includes('exception') ? exceptionsUsed(input) : []
      countHandshake(this.#tools.counters, { tls, verdict, exceptions, phases })
      const { notAfterMs } = certificate
      this.#witness({
        verdict,
        exceptions,
        tls,
        address,
        presentedChain,
        notAfterMs,
        stapled: dialled.staple !== undefined,
      })
      if (verdict.outcome === 'refused') throw this.#refused({ verdict, tls, address, phases, presentedChain })
      this.#mayResume(certificate, revocation.goodUntilMs)
      const connection = { wire, destination, address, phases, verdict, tls, chain: certificate.chain }
      // The brand has no value at run time: this assertion, behind the verdict, is what makes it.
      const backend = connection as unknown as VerifiedBackend
      const ends = [certificate.notAfterMs, revocation.goodUntilMs]
      return {
        backend,
        validUntilMs: verdictEnd(verdict, input, ends),
        presentedChain,
        stapled: dialled.staple !== undefined,
        isRevoked: () => this.#isRevoked(certificate),
        takeEarly,
      }
    } catch (thrown) {
      this.#tools.sessions.forget(this.#key)
      wire.destroy()
      throw thrown
    }
  }

  /** What the handshake shows: of a resumed session the carried findings, otherwise those of the certificate. */
  #look(socket: tls.TLSSocket, staple: Buffer | undefined): Look {
    const resumed = socket.isSessionReused()
    const presentedChain = presentedChainOf(socket)
    // A session nobody offered cannot be resumed; should Node ever say so, no certificate was seen, and none counts.
    const carried = resumed ? (this.#offered?.certificate ?? this.#findings([], {})) : undefined
    const certificate = carried ?? this.#findings(presentedChain, { error: opensslErrorOf(socket), staple })
    const tls: TlsFacts = {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher()?.standardName ?? '',
      group: groupOf(socket),
      dhBits: dhBitsOf(socket),
      resumed,
      spkiSha256: certificate.spkiSha256,
    }
    return { certificate, tls, presentedChain }
  }

  #findings(
    chain: PresentedChain,
    { error, staple }: { error?: string | undefined; staple?: Buffer | undefined },
  ): CertificateFindings {
    const { anchors, intermediates } = this.#context
    const { nameToVerify: name, rule } = this.#key
    return this.#tools.chains.findingsOf({
      chain,
      opensslError: error,
      anchors,
      intermediates,
      name,
      rule,
      nowMs: this.#tools.now(),
      staple,
    })
  }

  get #asked() {
    const { revocation: knowledge, now } = this.#tools
    return { rule: this.#decision.rule, knowledge, now }
  }

  #isRevoked({ revocation }: CertificateFindings): boolean {
    return judgePath(revocation, this.#asked).findings.some(({ name }) => name === 'revoked')
  }

  // --- sessions ---

  #mayResume(certificate: CertificateFindings, goodUntilMs: number): void {
    // What was seen in a full handshake stays as old as it is through any number of resumptions.
    const resumed = certificate === this.#offered?.certificate
    const seenMs = resumed && this.#offered ? this.#offered.seenMs : this.#tools.now()
    this.#carry = { certificate, seenMs, goodUntilMs }
    if (this.#earlyTicket) this.#ticket(this.#earlyTicket)
  }

  /** TLS 1.2 gives its ticket before the handshake is over, TLS 1.3 after it: neither is kept without a verdict. */
  #ticket(session: Buffer): void {
    if (this.#carry === undefined) this.#earlyTicket = session
    else this.#tools.sessions.keep(this.#key, { ...this.#carry, session })
  }

  // --- refusals ---

  #refused(details: RefusalDetails): SidecarError {
    return refused(this.#decision.destination, details)
  }

  #gone(error: Error | undefined, at: { readonly address: string; readonly phases: DialPhases }): SidecarError {
    return gone(this.#decision.destination, { ...at, error })
  }

  /** A dial that failed because of what the rule offers is refused by the rule; any other is the network's doing. */
  async #failed(error: DialError): Promise<SidecarError> {
    const { failure, address } = error
    // Also a session that the backend chokes on may be the reason: the next dial goes without.
    this.#tools.sessions.forget(this.#key)
    const phases = this.#phases(error)
    countFailure(this.#tools.counters, { isHandshake: error.isHandshake, phases })
    const { finding, what } = failure
    if (finding !== undefined && this.#decision.rule.enforcement === 'enforce') {
      const findings = [{ name: finding, detail: what }]
      const verdict: Verdict = { outcome: 'refused', findings, blocking: findings, because: [], wouldRefuse: false }
      this.#witness({ ...nothingShown, verdict, address })
      return this.#refused({ verdict, address, phases, presentedChain: [] })
    }
    const isAlone = failure.notTls && this.#decision.rule.via === undefined
    const seen = isAlone ? await recogniseStranger(address, this.#decision.destination.port) : ''
    const { code, message, details, cause } = error.toSidecarError()
    return new SidecarError(code, message + seen, { details: { ...details, phases }, cause })
  }

  #witness(seen: Omit<Witnessed, 'destination' | 'rule' | 'version' | 'serverName' | 'nowMs'>): void {
    const { witness, snapshot, now } = this.#tools
    if (witness === undefined) return
    const { destination, rule } = this.#decision
    witness({ ...seen, destination, rule, version: snapshot.version, serverName: this.#key.serverName, nowMs: now() })
  }

  #phases({ connectMs, tlsMs }: { connectMs: number; tlsMs: number }): DialPhases {
    return { dnsMs: this.#dnsMs, connectMs, tlsMs }
  }
}

/** What one handshake shows. */
interface Look {
  readonly certificate: CertificateFindings
  readonly tls: TlsFacts
  readonly presentedChain: PresentedChain
}
