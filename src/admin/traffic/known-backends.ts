import type { Sighting } from '../../history/sightings.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Backend } from '../contract.ts'
import type { Frozen, Instance } from '../instance.ts'

/** Lists the backends that were seen, the newest first, then those that only a rule names. */
export function knownBackends(
  policy: Policy,
  sightings: readonly Sighting[],
  healthOf: Instance['backendHealth'],
): readonly Frozen<Backend>[] {
  const named = policy.rules.flatMap(({ match, name }) =>
    match
      .filter(({ wildcard }) => !wildcard)
      .map(({ host, port = 443 }) => ({ authority: `${host.includes(':') ? `[${host}]` : host}:${port}`, rule: name })),
  )
  const seen = new Map<string, Sighting>()
  for (const sighting of sightings) if (!seen.has(sighting.authority)) seen.set(sighting.authority, sighting)
  const configured = new Set(named.map(({ authority }) => authority))
  const unseen = named.filter(({ authority }) => !seen.has(authority))
  const backends = [
    ...[...seen.values()].map((sighting) => backendOf(sighting, configured.has(sighting.authority))),
    ...[...new Map(unseen.map((each) => [each.authority, each])).values()].map(neverSeen),
  ]
  return backends.map((each) => ({ ...each, health: described(healthOf(each.backend)) }))
}

function described(health: ReturnType<Instance['backendHealth']>): Frozen<Backend>['health'] {
  if (health === undefined) return null
  const { ok, checkedMs, detail, sni } = health
  return { ok, checkedMs, detail, sni }
}

function backendOf(sighting: Sighting, configured: boolean): Omit<Frozen<Backend>, 'health'> {
  const { authority, rule, outcome, protocol, cipher, group, spkiSha256, notAfterMs, count } = sighting
  return {
    ...{ backend: authority, configured, rule, outcome, protocol, cipher, group, spkiSha256, notAfterMs, count },
    findings: sighting.findings.map(({ name }) => name),
    ...{ subject: '', firstMs: sighting.firstSeenMs, lastMs: sighting.lastSeenMs },
  }
}

function neverSeen({
  authority,
  rule,
}: {
  readonly authority: string
  readonly rule: string
}): Omit<Frozen<Backend>, 'health'> {
  return {
    ...{ backend: authority, configured: true, rule, outcome: 'unknown', findings: [] },
    ...{ protocol: '', cipher: '', group: '', spkiSha256: '', subject: '', notAfterMs: null },
    ...{ firstMs: null, lastMs: null, count: 0 },
  }
}
