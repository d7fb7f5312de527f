/** Backends: what was seen of them, what the policy holds for one, what one shows now. */
import crypto from 'node:crypto'
import { asSidecarError, errorCodes, faultOf, SidecarError } from '../../errors.ts'
import { lastSightings, type SightingWithChain, sightingsOf } from '../../history/sightings.ts'
import { columnsIn } from '../../policy/catalogue/columns-in.ts'
import { decideOn, passedOver } from '../../policy/decide-on.ts'
import type { Decision } from '../../policy/decision.ts'
import { describeRule } from '../../policy/describe/describe-rule.ts'
import { deniedAddressOf, describeDenied } from '../../policy/judge-destination.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { describeAnchors } from '../../truststore/describe-anchors.ts'
import type { Handlers } from '../call.ts'
import type { BackendDetail, Probe } from '../contract.ts'
import type { Frozen, Instance } from '../instance.ts'
import { knownBackends } from '../traffic/known-backends.ts'
import { pageFrom } from './pages.ts'
import { inForce, versionInForce } from './policy-handlers.ts'

export const backendHandlers: Handlers<'backends' | 'backend' | 'sightings' | 'probe' | 'explain'> = {
  backends({ query: { limit, cursor } }, { instance }) {
    const { policy } = inForce(instance)
    return pageFrom(knownBackends(policy, lastSightings(instance.history), instance.backendWatch()), {
      limit,
      cursor,
      cursorOf: ({ backend }) => backend,
    })
  },

  backend({ params: { backend = '' } }, { instance, now }) {
    const seen = sightingsOf(instance.history, backend)
    const known = knownBackends(inForce(instance).policy, seen, instance.backendWatch()).find(
      (each) => each.backend === backend,
    )
    if (known === undefined) {
      throw new SidecarError('OPERATOR_NOT_FOUND', `no backend ${JSON.stringify(backend.slice(0, 300))} is known`)
    }
    return { ...known, sightings: seen.map((sighting) => describeSight(sighting, now())) }
  },

  sightings({ query: { limit, cursor } }, { instance }) {
    const found = lastSightings(instance.history, { untrusted: true })
    const items = found.map((sighting) => ({
      ...{ id: `${sighting.authority} ${sighting.spkiSha256}`, backend: sighting.authority },
      ...{ findings: sighting.findings.map(({ name }) => name), spkiSha256: sighting.spkiSha256 },
      ...{ outcome: sighting.outcome, version: sighting.version, count: sighting.count },
      ...{ firstMs: sighting.firstSeenMs, lastMs: sighting.lastSeenMs },
    }))
    return pageFrom(items, { limit, cursor, cursorOf: ({ id }) => id })
  },

  async probe({ body }, { instance }) {
    const snapshot = await snapshotFor(body.text, instance)
    const decision = decideOn(snapshot.policy, body.destination)
    const { destination, rule, allowed } = decision
    const head = { destination: destination.authority, allowed, rule: rule.name }
    const none = { verdict: null, tls: null, address: '', ms: null, failure: null }
    if (!decision.allowed) return { ...head, ...none }
    try {
      return { ...head, ...none, ...(await instance.probe(snapshot, withSni(decision, body.sni))) }
    } catch (thrown) {
      return { ...head, ...none, failure: failureOf(thrown) }
    }
  },

  async explain({ body, who: _ }, { instance, now }) {
    const snapshot = await snapshotFor(body.text, instance)
    const { policy, trust } = snapshot
    const decision = decideOn(policy, body.destination)
    const denied = deniedAddressOf(policy.addresses, decision.destination)
    const described = describeRule(decision, { exceptions: policy.exceptions, nowMs: now() })
    const { destination, rule, strict, enforcement, serverName, nameToVerify, offer, clientHello, sentences } =
      described
    const { refusedFor } = described
    const deniedAddress = denied === undefined ? null : describeDenied(decision.destination, denied)
    return {
      ...{ destination, rule, strict, enforcement, serverName, nameToVerify, offer, clientHello, deniedAddress },
      refusedFor,
      columns: columnsIn(body.text ?? versionInForce(instance).text, decision.rule),
      allowed: described.allowed && denied === undefined,
      reason: denied === undefined ? described.reason : 'address-denied',
      matchedBy: described.matchedBy ?? null,
      passedOver: passedOver(policy, decision),
      trustStores: described.trustStores.map((name) => ({ name, certificates: trust[name]?.certificates.length ?? 0 })),
      sentences: deniedAddress === null ? sentences : [deniedAddress, ...sentences],
    }
  },
}

function describeSight(sighting: SightingWithChain, nowMs: number): Frozen<BackendDetail>['sightings'][number] {
  const { authority: _, spkiSha256: __, notAfterMs: ___, firstSeenMs, lastSeenMs, chain, ...rest } = sighting
  return {
    ...rest,
    ...{ firstMs: firstSeenMs, lastMs: lastSeenMs },
    chain: chain.flatMap((der) => describePresented(der, nowMs)),
  }
}

/** A certificate that Node cannot read is left out: what is wrong with it stands among the findings. */
function describePresented(der: Uint8Array, nowMs: number): Frozen<BackendDetail>['sightings'][number]['chain'] {
  try {
    const certificate = new crypto.X509Certificate(der)
    const described = describeAnchors([{ file: '', certificates: [certificate] }], nowMs)
    return described.map(({ files: _, ...anchor }) => ({ ...anchor, pem: certificate.toString() }))
  } catch {
    return []
  }
}

/** What is in force, or what a candidate would bring. */
function snapshotFor(text: string | undefined, instance: Instance): Promise<Snapshot> {
  return text === undefined ? Promise.resolve(inForce(instance)) : instance.compose(text)
}

/** The same decision with SNI on or off; a rule that sends another name goes on sending that one. */
function withSni<D extends Decision>(decision: D, sni: boolean | undefined): D {
  if (sni === undefined || (sni && decision.rule.sni !== false)) return decision
  return { ...decision, rule: { ...decision.rule, sni } }
}

/** A backend that cannot be reached is an answer; a fault of ours is none. */
function failureOf(thrown: unknown): Probe['failure'] {
  const { code, message } = asSidecarError(thrown)
  if (!['backend', 'policy'].includes(faultOf(code))) throw thrown
  return { code, message, hint: errorCodes[code].hint }
}
