import type { Sighting } from '../../history/sightings.ts'
import { decide } from '../../policy/decide.ts'
import { parseAuthority } from '../../policy/parse-destination.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Backend } from '../contract.ts'
import type { BackendWatch, Frozen } from '../instance.ts'

type Seen = Omit<Frozen<Backend>, 'health' | 'checkEveryMs'>

/** Lists the backends that were seen, the newest first, then those that the configuration names and nobody met. */
export function knownBackends(
  policy: Policy,
  sightings: readonly Sighting[],
  watch: BackendWatch,
): readonly Frozen<Backend>[] {
  const seen = new Map<string, Sighting>()
  for (const sighting of sightings) if (!seen.has(sighting.authority)) seen.set(sighting.authority, sighting)
  const configured = new Set(watch.named)
  const backends = [
    ...[...seen.values()].map((sighting) => backendOf(sighting, configured.has(sighting.authority))),
    ...[...configured].filter((authority) => !seen.has(authority)).map((authority) => neverSeen(policy, authority)),
  ]
  return backends.map((each) => withHealth(each, watch))
}

/** A check shows the certificate as traffic does: the later look counts. */
function withHealth(known: Seen, { everyMs, lastCheck }: BackendWatch): Frozen<Backend> {
  const check = lastCheck(known.backend)
  const checkEveryMs = everyMs(known.backend) ?? null
  if (check === undefined) return { ...known, checkEveryMs, health: null }
  const { ok, checkedMs, detail, sni } = check
  const isLater = check.notAfterMs !== null && checkedMs > (known.lastMs ?? 0)
  const notAfterMs = isLater ? check.notAfterMs : known.notAfterMs
  return { ...known, notAfterMs, checkEveryMs, health: { ok, checkedMs, detail, sni } }
}

function backendOf(sighting: Sighting, configured: boolean): Seen {
  const { authority, rule, outcome, protocol, cipher, group, spkiSha256, notAfterMs, count } = sighting
  return {
    ...{ backend: authority, configured, rule, outcome, protocol, cipher, group, spkiSha256, notAfterMs, count },
    findings: sighting.findings.map(({ name }) => name),
    ...{ subject: '', firstMs: sighting.firstSeenMs, lastMs: sighting.lastSeenMs },
  }
}

function neverSeen(policy: Policy, authority: string): Seen {
  const { rule } = decide(policy, parseAuthority(authority))
  return {
    ...{ backend: authority, configured: true, rule: rule.name, outcome: 'unknown', findings: [] },
    ...{ protocol: '', cipher: '', group: '', spkiSha256: '', subject: '', notAfterMs: null },
    ...{ firstMs: null, lastMs: null, count: 0 },
  }
}
