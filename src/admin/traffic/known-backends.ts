import type { Sighting } from '../../history/sightings.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Backend } from '../contract.ts'
import type { Frozen } from '../instance.ts'

/** Lists the backends that were seen, the newest first, then those that only a rule names. */
export function knownBackends(policy: Policy, sightings: readonly Sighting[]): readonly Frozen<Backend>[] {
  const named = policy.rules.flatMap(({ match, name }) =>
    match
      .filter(({ wildcard }) => !wildcard)
      .map(({ host, port = 443 }) => ({ authority: `${host.includes(':') ? `[${host}]` : host}:${port}`, rule: name })),
  )
  const seen = new Map<string, Sighting>()
  for (const sighting of sightings) if (!seen.has(sighting.authority)) seen.set(sighting.authority, sighting)
  const configured = new Set(named.map(({ authority }) => authority))
  const unseen = named.filter(({ authority }) => !seen.has(authority))
  return [
    ...[...seen.values()].map((sighting) => backendOf(sighting, configured.has(sighting.authority))),
    ...[...new Map(unseen.map((each) => [each.authority, each])).values()].map(neverSeen),
  ]
}

function backendOf(sighting: Sighting, configured: boolean): Frozen<Backend> {
  const { authority, rule, outcome, protocol, cipher, group, spkiSha256, notAfterMs, count } = sighting
  return {
    ...{ backend: authority, configured, rule, outcome, protocol, cipher, group, spkiSha256, notAfterMs, count },
    findings: sighting.findings.map(({ name }) => name),
    ...{ subject: '', firstMs: sighting.firstSeenMs, lastMs: sighting.lastSeenMs, health: null },
  }
}

function neverSeen({ authority, rule }: { readonly authority: string; readonly rule: string }): Frozen<Backend> {
  return {
    ...{ backend: authority, configured: true, rule, outcome: 'unknown', findings: [] },
    ...{ protocol: '', cipher: '', group: '', spkiSha256: '', subject: '', notAfterMs: null },
    ...{ firstMs: null, lastMs: null, count: 0, health: null },
  }
}
