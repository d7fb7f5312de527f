/**
 * Settings, policy text, trust stores and key pairs become one snapshot, or every reason why they cannot: what the
 * policy names and does not exist is reported at the line that names it.
 */
import crypto from 'node:crypto'
import { asSidecarError, type SidecarError } from '../../../errors.ts'
import type { CatalogueRecord } from '../../../policy/catalogue/catalogue-record.ts'
import { didYouMean } from '../../../policy/document/did-you-mean.ts'
import { type Mention, namedIdentities, namedStores } from '../../../policy/document/mentions.ts'
import { type ParsedPolicy, type ParseOptions, parsePolicy } from '../../../policy/document/parse-policy.ts'
import { badDocument, type Problem } from '../../../policy/document/problem.ts'
import type { ProblemAt } from '../../../policy/document/read-yaml.ts'
import type { Settings } from '../../../settings/settings.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import type { TrustReading } from '../../../truststore/trust-store-reader.ts'
import type { IdentityReading } from './identity-reader.ts'
import { readSecrets } from './secret-files.ts'
import { assertServicesHave, readTokenKeys, servicesNeed, serviceWarnings } from './service-needs.ts'

/** Who reads what a policy names; the readers of the control process remember the last good reading. */
export interface Readers {
  readonly trust: { read(names: readonly string[]): Promise<TrustReading> }
  readonly identities: { read(names: readonly string[]): Promise<IdentityReading> }
}

export interface Composition {
  readonly snapshot: Snapshot
  readonly warnings: readonly Problem[]
  /** Stores and key pairs that are bad now and were taken as they last were good. */
  readonly kept: readonly SidecarError[]
  /** Finds the line of a part of the policy. */
  readonly problemAt: ProblemAt
}

/** Composes a snapshot; throws OPERATOR_BAD_DOCUMENT with all problems of the policy and of what it names. */
export async function composeSnapshot(
  { text, file }: { readonly text: string; readonly file: string },
  options: {
    readonly settings: Settings
    readonly readers: Readers
    readonly generation: number
    readonly version: number
    /** The moment by which exceptions are near their end or over; now. */
    readonly nowMs?: number
    /** The catalogues this very text was in force under. */
    readonly appliedUnder?: readonly CatalogueRecord[]
  },
): Promise<Composition> {
  const { settings, readers, generation, version, nowMs = Date.now(), appliedUnder = [] } = options
  const parsed = await parseAgainst(readers, text, { file, nowMs, appliedUnder })
  const mentioned = (kind: Mention['kind']) =>
    parsed.mentions.filter((mention) => mention.kind === kind).map((mention) => mention.name)
  const served = servicesNeed(settings.services)
  const stores = [...new Set([...namedStores(parsed.policy), ...served.stores])]
  const pairs = [...new Set([...namedIdentities(parsed.policy), ...served.identities])]
  const trust = await readers.trust.read([...new Set([...stores, ...mentioned('trust-store')])])
  const keys = await readers.identities.read([...new Set([...pairs, ...mentioned('identity')])])
  assertAllThere(parsed, trust, keys)
  assertServicesHave(settings.services, trust, keys)
  const secrets = await readSecrets(settings)
  const snapshot: Snapshot = {
    generation,
    version,
    policySha256: crypto.hash('sha256', text, 'hex'),
    settings,
    policy: parsed.policy,
    trust: pick(trust.sets, stores),
    intermediates: trust.intermediates,
    identities: pick(keys.identities, pairs),
    ...(secrets === undefined ? {} : { secrets }),
    ...(await readTokenKeys(settings.services, settings.identities)),
  }
  return {
    snapshot: Object.freeze(snapshot),
    warnings: [...parsed.warnings, ...serviceWarnings(settings.services, trust, keys)],
    kept: [...trust.problems, ...keys.problems],
    problemAt: parsed.problemAt,
  }
}

/** Tells whether two snapshots mean the same to a worker, whatever their numbers. */
export function meansTheSame(one: Snapshot, other: Snapshot): boolean {
  return meaningOf(one) === meaningOf(other)
}

function meaningOf({ policySha256, settings, trust, intermediates, identities, secrets, tokenKeys }: Snapshot): string {
  const stores = Object.values(trust).map(({ name, sha256 }) => [name, sha256])
  const pairs = Object.values(identities).map(({ name, certificate, key, staple }) => [name, certificate, key, staple])
  return JSON.stringify([policySha256, settings, stores.sort(), intermediates.sha256, pairs.sort(), secrets, tokenKeys])
}

/**
 * Parses a policy. A document that is bad in itself is told all the same what it names and is not there: whoever mends it
 * mends both in one go.
 */
async function parseAgainst(readers: Readers, text: string, options: ParseOptions): Promise<ParsedPolicy> {
  const mentions: Mention[] = []
  try {
    return parsePolicy(text, { ...options, faultOf: (mention) => void mentions.push(mention) })
  } catch (error) {
    const namesOf = (kind: Mention['kind']) => [
      ...new Set(mentions.filter((each) => each.kind === kind).map(({ name }) => name)),
    ]
    const { problems: badStores } = await readers.trust.read(namesOf('trust-store'))
    const { problems: badPairs } = await readers.identities.read(namesOf('identity'))
    const faultOf = ({ kind, name }: Mention) => {
      const own = (kind === 'identity' ? badPairs : badStores).filter(
        ({ details }) => (kind === 'identity' ? details.identity : details.store) === name,
      )
      return own.length === 0 ? undefined : own.map((each) => sayMissing(name, each)).join('; ')
    }
    throw errorOf(text, { ...options, faultOf }) ?? error
  }
}

function errorOf(text: string, options: ParseOptions): SidecarError | undefined {
  try {
    parsePolicy(text, options)
    return undefined
  } catch (error) {
    return asSidecarError(error)
  }
}

function assertAllThere(parsed: ParsedPolicy, trust: TrustReading, keys: IdentityReading): void {
  const problems: Problem[] = parsed.mentions.flatMap(({ kind, name, path }) => {
    const isThere = Object.hasOwn(kind === 'trust-store' ? trust.sets : keys.identities, name)
    if (isThere) return []
    const reasons = [...trust.problems, ...keys.problems]
      .filter(({ details }) => (kind === 'trust-store' ? details.store : details.identity) === name)
      .map((each) => parsed.problemAt(path, sayMissing(name, each)))
    return reasons.length > 0 ? reasons : [parsed.problemAt(path, `there is no ${kind} ${JSON.stringify(name)}`)]
  })
  // A store may be needed without being mentioned: the default one, when the system's store cannot be read.
  const unmentioned = namedStores(parsed.policy).filter((name) => !Object.hasOwn(trust.sets, name))
  if (problems.length === 0 && unmentioned.length > 0) {
    problems.push(...trust.problems.map(({ message }) => parsed.problemAt(['spec'], message)))
  }
  if (problems.length > 0) throw badDocument([...parsed.warnings, ...problems])
}

/** A name that is near to that of a store is more likely mistyped than missing. */
function sayMissing(name: string, { message, details: { known } }: SidecarError): string {
  return Array.isArray(known) ? `${message}${didYouMean(name, known as readonly string[])}` : message
}

function pick<T>(from: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.freeze(Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : []))))
}
