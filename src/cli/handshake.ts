/** One verifying handshake of our own, as the proxy makes it before a tunnel: for `probe` and `explain --connect`. */
import type { PresentedChain } from '../backend/judge/read-handshake.ts'
import type { DialPhases, TlsFacts } from '../backend/verified-backend.ts'
import { asSidecarError } from '../errors.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { StarttlsProtocol } from '../settings/service.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { ExitName } from './exit-codes.ts'
import { describeChain, type ShownCertificate, showChain } from './show-chain.ts'
import type { Terminal } from './terminal.ts'

/** What the handshake gave. A refusal is an answer here; what kept it from happening is thrown. */
export interface Handshake {
  readonly verdict: Verdict
  /** Missing when the backend and we agreed on nothing. */
  readonly tls?: TlsFacts
  readonly address: string
  readonly phases: DialPhases
  /** Empty when the backend showed no certificate. */
  readonly presentedChain: PresentedChain
}

/** Makes the handshake; throws what is not a verdict: an unreachable backend, a denied address. */
export async function makeHandshake(
  snapshot: Snapshot,
  decision: AllowedDecision,
  starttls?: StarttlsProtocol,
): Promise<Handshake> {
  const { Backends } = await import('../backend/backends.ts')
  const { Deadlines } = await import('../wire/deadlines.ts')
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, revocation: await knowledgeFor(snapshot, decision) })
  try {
    return await backends.examine(decision, starttls)
  } catch (thrown) {
    const error = asSidecarError(thrown)
    if (error.code === 'POLICY_VERDICT_REFUSED') return error.details as unknown as Handshake
    throw error
  } finally {
    backends.close()
    deadlines.close()
  }
}

/** Lists and responders are looked into only for a rule that asks for them. */
async function knowledgeFor(snapshot: Snapshot, { rule: { revocation } }: AllowedDecision) {
  const { mode, sources } = revocation
  if (mode === 'off' || sources.every((source) => source === 'stapled')) return undefined
  const { listsAtHand } = await import('../processes/control/lists-at-hand.ts')
  return await listsAtHand(snapshot)
}

/** A handshake as `--json` prints it. */
export function handshakeRecord({
  presentedChain,
  ...handshake
}: Handshake): Omit<Handshake, 'presentedChain'> & { readonly presentedChain: readonly ShownCertificate[] } {
  return { ...handshake, presentedChain: describeChain(presentedChain) }
}

/** Names the exit status of a verdict. */
export function exitNameFor({ verdict }: Pick<Handshake, 'verdict'>): ExitName {
  if (verdict.outcome === 'trusted') return 'ok'
  return verdict.outcome === 'allowed' ? 'untrusted' : 'refused'
}

/** Shows a verdict and everything found. */
export function showVerdict(verdict: Verdict, terminal: Terminal): void {
  const color = { trusted: 'green', allowed: 'yellow', refused: 'red' } as const
  const because = verdict.because.length === 0 ? '' : ` (${verdict.because.join(', ')})`
  const would = verdict.wouldRefuse ? ', would be refused' : ''
  terminal.print(`verdict   ${terminal.paint(color[verdict.outcome], verdict.outcome)}${because}${would}`)
  for (const { name, detail, isAside } of verdict.findings) {
    terminal.print(`${isAside ? 'told   ' : 'finding'}   ${name}: ${detail}`)
  }
}

/** Shows a handshake: the verdict, everything found, what was agreed and how long it took. */
export function showHandshake({ verdict, tls, address, phases, presentedChain }: Handshake, terminal: Terminal): void {
  showVerdict(verdict, terminal)
  terminal.print(`address   ${address}`)
  if (tls !== undefined) {
    terminal.print(`agreed    ${[tls.protocol, tls.cipher, tls.group].filter((fact) => fact !== '').join('  ')}`)
    terminal.print(`key       ${tls.spkiSha256} (SHA-256 of the public key)`)
  }
  const { dnsMs, connectMs, tlsMs } = phases
  terminal.print(`took      ${[`dns ${ms(dnsMs)}`, `connect ${ms(connectMs)}`, `tls ${ms(tlsMs)}`].join(', ')}`)
  if (presentedChain.length > 0) terminal.print('presented')
  showChain(describeChain(presentedChain), terminal)
}

function ms(duration: number): string {
  return `${duration.toFixed(1)} ms`
}
