/** When certificates end, as the metrics tell it: those of backends as they were last seen or checked, and trust anchors. */
import crypto from 'node:crypto'
import type { LastEnd } from '../../../history/sightings.ts'
import type { ToldOfBackend } from '../../../observe/by-backend-label.ts'
import { builtInStores } from '../../../truststore/store-files.ts'
import type { TrustSet } from '../../../truststore/trust-set.ts'
import type { BackendHealthState } from './check-backend.ts'

/** What is known of the certificates of backends. */
export interface KnownEnds {
  /** How each backend was last seen by traffic. */
  readonly sightings: readonly LastEnd[]
  readonly checks: readonly Pick<BackendHealthState, 'backend' | 'checkedMs' | 'notAfterMs'>[]
  /** Authorities that the configuration names. */
  readonly named: ReadonlySet<string>
}

/** Says when the certificate of each backend ends by the latest look at it; who showed none is left out. */
export function backendEnds({
  sightings,
  checks,
  named,
}: KnownEnds): readonly (ToldOfBackend & { readonly endMs: number })[] {
  const looks = [
    ...sightings.map(({ authority: backend, lastSeenMs: atMs, notAfterMs }) => ({ backend, atMs, notAfterMs })),
    ...checks.map(({ backend, checkedMs: atMs, notAfterMs }) => ({ backend, atMs, notAfterMs })),
  ]
  const latest = new Map<string, number>()
  for (const { backend, notAfterMs } of looks.toSorted((one, other) => one.atMs - other.atMs))
    if (notAfterMs !== null) latest.set(backend, notAfterMs)
  return [...latest].map(([backend, endMs]) => ({ backend, endMs, isNamed: named.has(backend) }))
}

/** Says when each trust anchor ends: the operator's own stores first, since nobody here can renew what others ship. */
export function anchorEnds(trust: Readonly<Record<string, TrustSet>>) {
  return Object.values(trust)
    .flatMap(({ name: store, certificates }) =>
      certificates.map((pem) => {
        const certificate = new crypto.X509Certificate(pem)
        const sha256 = crypto.hash('sha256', certificate.raw, 'hex')
        return { store, sha256, endMs: certificate.validToDate.getTime() }
      }),
    )
    .toSorted((one, other) => Number(isShipped(one)) - Number(isShipped(other)) || one.endMs - other.endMs)
}

function isShipped({ store }: { readonly store: string }): boolean {
  return builtInStores.includes(store)
}
