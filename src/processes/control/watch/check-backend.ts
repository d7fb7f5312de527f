/**
 * One health check of a backend: a verifying handshake under its rule, which carries no request. Where that comes to
 * nothing it is tried once more the other way about SNI, so that a backend which minds the name is told as that and not
 * as a bare failure; what is found by the second handshake never makes the first one good.
 */
import type { Backends } from '../../../backend/backends.ts'
import { asSidecarError } from '../../../errors.ts'
import type { Decision } from '../../../policy/decision.ts'
import { serverNameFor } from '../../../policy/names.ts'
import type { Verdict } from '../../../policy/verdict.ts'
import type { StarttlsProtocol } from '../../../settings/service.ts'

type Allowed = Decision & { readonly allowed: true }

/** What a check has brought. */
export interface Checked {
  readonly ok: boolean
  /** In one sentence. */
  readonly detail: string
  /** Whether the backend minds being named, or not being named (SNI); null where it does not or nobody can say. */
  readonly sni: 'needs-sni' | 'dislikes-sni' | null
}

/** The last check of a backend. */
export interface BackendHealthState extends Checked {
  readonly backend: string
  readonly checkedMs: number
  /** When the first certificate of its path ends; null where it showed none. */
  readonly notAfterMs: number | null
}

/** Who is checked, and how TLS is asked for there. */
export interface CheckWish {
  readonly decision: Allowed
  readonly starttls?: StarttlsProtocol | undefined
}

/** Checks one backend; never throws for what the backend does. */
export async function checkBackend(backends: Backends, wish: CheckWish): Promise<Checked> {
  const first = await handshake(backends, wish)
  if (first.passes) return { ok: true, detail: first.says, sni: null }
  const other = first.mayBeSni ? otherWay(wish.decision) : undefined
  const second = other === undefined ? undefined : await handshake(backends, { ...wish, decision: other })
  if (second?.passes !== true) return { ok: false, detail: first.says, sni: null }
  const sni = other?.rule.sni === false ? 'dislikes-sni' : 'needs-sni'
  return { ok: false, detail: `${advice[sni]}: ${first.says}`, sni }
}

const advice = {
  'needs-sni': 'needs SNI, which its rule does not send: say sni: true there',
  'dislikes-sni': 'dislikes SNI, which its rule sends: say sni: false there',
} as const

interface Tried {
  readonly passes: boolean
  readonly says: string
  /** It was reached and the handshake came to nothing, or to another certificate. */
  readonly mayBeSni: boolean
}

async function handshake(backends: Backends, { decision, starttls }: CheckWish): Promise<Tried> {
  try {
    const { verdict } = await backends.examine(decision, starttls)
    return triedOf(verdict)
  } catch (thrown) {
    const { code, message, details } = asSidecarError(thrown)
    if (code === 'POLICY_VERDICT_REFUSED') return triedOf(details.verdict as unknown as Verdict)
    return { passes: false, says: message, mayBeSni: brokenHandshakes.includes(code) }
  }
}

function triedOf({ outcome, findings }: Pick<Verdict, 'outcome' | 'findings'>): Tried {
  const names = findings.map(({ name }) => name)
  return {
    passes: outcome !== 'refused',
    says: [outcome, ...names].join(', '),
    mayBeSni: names.some((name) => nameFindings.includes(name)),
  }
}

/** Undefined where there is no name to send. */
function otherWay({ rule, ...decision }: Allowed): Allowed | undefined {
  if (rule.sni !== false) return { ...decision, rule: { ...rule, sni: false } }
  const named = { ...decision, rule: { ...rule, sni: true } }
  return serverNameFor(named.rule, named.destination) === '' ? undefined : named
}

const brokenHandshakes: readonly string[] = ['BACKEND_HANDSHAKE_FAILED', 'BACKEND_REFUSED_US', 'BACKEND_CLOSED_EARLY']
/** What a server shows that was not told whom it is asked for. */
const nameFindings: readonly string[] = ['name-mismatch', 'no-certificate', 'self-signed', 'untrusted-issuer']
