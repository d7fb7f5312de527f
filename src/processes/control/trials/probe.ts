import { Backends, type Known } from '../../../backend/backends.ts'
import type { DialPhases, TlsFacts } from '../../../backend/verified-backend.ts'
import { asSidecarError } from '../../../errors.ts'
import { createCounters } from '../../../observe/counters.ts'
import type { Decision } from '../../../policy/decision.ts'
import type { Verdict } from '../../../policy/verdict.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import { Deadlines } from '../../../wire/deadlines.ts'

/** One verifying handshake made now. */
export interface ProbeResult {
  readonly verdict: Pick<Verdict, 'outcome' | 'findings' | 'because' | 'wouldRefuse'> | null
  readonly tls: Omit<TlsFacts, 'dhBits'> | null
  readonly address: string
  readonly ms: { readonly dns: number; readonly connect: number; readonly tls: number } | null
}

/** Makes the handshake under a snapshot; a refusal is an answer, what kept it from happening is thrown. */
export async function probe(
  snapshot: Snapshot,
  decision: Decision & { readonly allowed: true },
  known: Known = {},
): Promise<ProbeResult> {
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, counters: createCounters(), ...known })
  try {
    return resultOf(await backends.verdictFor(decision))
  } catch (thrown) {
    const { code, details } = asSidecarError(thrown)
    if (code === 'POLICY_VERDICT_REFUSED') return resultOf(details as unknown as Judged)
    throw thrown
  } finally {
    backends.close()
    deadlines.close()
  }
}

interface Judged {
  readonly verdict: Verdict
  readonly tls?: TlsFacts | undefined
  readonly address: string
  readonly phases: DialPhases
}

function resultOf({ verdict, tls, address, phases: { dnsMs, connectMs, tlsMs } }: Judged): ProbeResult {
  const { outcome, findings, because, wouldRefuse } = verdict
  const agreed = tls && { ...pickFacts(tls) }
  return {
    verdict: { outcome, findings, because, wouldRefuse },
    tls: agreed ?? null,
    address,
    ms: { dns: dnsMs, connect: connectMs, tls: tlsMs },
  }
}

function pickFacts({ protocol, cipher, group, resumed, spkiSha256 }: TlsFacts): Omit<TlsFacts, 'dhBits'> {
  return { protocol, cipher, group, resumed, spkiSha256 }
}
