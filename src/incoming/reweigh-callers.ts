/**
 * Whether a caller that is in would be let in now: by what has become known of revocation, or under a newer snapshot, by
 * the same judge that let it in. As for backends (backend/judge/reweigh.ts), whoever cuts by this cuts when in doubt, for OpenSSL
 * is not asked again.
 */
import crypto from 'node:crypto'
import { Anchors } from '../backend/judge/anchors.ts'
import type { Scales } from '../backend/judge/reweigh.ts'
import type { SidecarError } from '../errors.ts'
import { type CallerIdentity, judgeCallerAgain, judgeRevokedCaller, shownNone } from './judge-caller.ts'
import { trustSetOf } from './trust-set-of.ts'

/** Tells why a caller would not be let in; undefined where it would. One that showed no certificate has no identity. */
export type CallerFault = (identity: CallerIdentity | undefined) => SidecarError | undefined

/** Makes the judge for the callers of one service; callers with the same certificates are judged once. */
export function reweighCallers(name: string, scales: Omit<Scales, 'issuers'>): CallerFault {
  const { snapshot, nowMs, knowledge, revokedAlone = false } = scales
  const { tls } = snapshot.settings.services.find((service) => service.name === name) ?? {}
  // One that is gone takes nobody any more, and one that asks nobody has no reason to end anybody.
  if (tls === undefined || tls.verifyClient === 'none') return () => undefined
  const asked = { tls, knowledge, now: () => nowMs }
  if (revokedAlone) return (identity) => identity && judgeRevokedCaller(identity, asked)
  const anchors = new Anchors(tls.trustStores.map((store) => trustSetOf({ name }, snapshot, store)))
  const known = new Map<string, SidecarError | undefined>()
  return (identity) => {
    const [leaf, ...others] = identity?.chain ?? []
    if (leaf === undefined) return tls.verifyClient === 'required' ? shownNone() : undefined
    const key = crypto.hash('sha256', Buffer.concat([leaf, ...others]), 'hex')
    if (known.has(key)) return known.get(key)
    const chain = [parse(leaf), ...others.map(parse)] as const
    const fault = judgeCallerAgain({ ...asked, chain, anchors, opensslError: undefined })
    known.set(key, fault)
    return fault
  }
}

function parse(der: Buffer): crypto.X509Certificate {
  return new crypto.X509Certificate(der)
}
