/** The trust stores and key pairs that services name, and where to say that one is not there. */
import crypto from 'node:crypto'
import { asSidecarError } from '../../../errors.ts'
import { badDocument, type Problem } from '../../../policy/document/problem.ts'
import { problemIn } from '../../../settings/layer.ts'
import type { Service } from '../../../settings/service.ts'
import type { Snapshot, TokenKey } from '../../../settings/snapshot.ts'
import { readKeys } from '../../../token/key-folder.ts'
import { takingHalf } from '../../../token/token-key.ts'
import type { TrustReading } from '../../../truststore/trust-store-reader.ts'
import type { IdentityReading } from './identity-reader.ts'

type Named = Pick<Service, 'tls' | 'tokens'>

/** Lists what services name, each once. */
export function servicesNeed(services: readonly Named[]): { readonly stores: string[]; readonly identities: string[] } {
  return {
    stores: [...new Set(services.flatMap(({ tls }) => tls?.trustStores ?? []))],
    identities: [...new Set(services.flatMap(({ tls }) => tls?.certificate ?? []))],
  }
}

/** Throws OPERATOR_BAD_DOCUMENT with every name in `services` of something that cannot be had. */
export function assertServicesHave(services: readonly Named[], trust: TrustReading, keys: IdentityReading): void {
  const problems = services.flatMap(({ tls }, index): Problem[] => {
    const at = `services[${index}].tls`
    const missing: Problem[] = []
    const miss = (key: string, name: string, told: readonly string[]) =>
      missing.push(problemIn('settings', `${at}.${key}`, told.join('; ') || `there is no ${JSON.stringify(name)}`))
    if (tls !== undefined && !Object.hasOwn(keys.identities, tls.certificate)) {
      miss('certificate', tls.certificate, saidOf(keys.problems, 'identity', tls.certificate))
    }
    for (const [position, name] of (tls?.trustStores ?? []).entries()) {
      if (!Object.hasOwn(trust.sets, name))
        miss(`trustStores[${position}]`, name, saidOf(trust.problems, 'store', name))
    }
    return missing
  })
  if (problems.length > 0) throw badDocument(problems)
}

/** What services may say and should not say lightly, each with its reason. */
export function serviceWarnings(services: readonly Named[], trust: TrustReading, keys: IdentityReading): Problem[] {
  return services.flatMap(({ tls, tokens }, index) => {
    const found: Problem[] = []
    const warn = (key: string, message: string) =>
      found.push({ ...problemIn('settings', `services[${index}].${key}`, message), severity: 'warning' })
    if (tokens?.innerNames === 'unchecked') {
      warn('tokens.innerNames', 'the TLS inside a tunnel may ask for any server name, whatever host the token names')
    }
    const own = keys.identities[tls?.certificate ?? '']?.sha256
    for (const [position, name] of (tls?.trustStores ?? []).entries()) {
      const holdsOwn = trust.sets[name]?.certificates.some((pem) => sha256Of(pem) === own)
      if (!holdsOwn) continue
      warn(
        `tls.trustStores[${position}]`,
        `${name} trusts the certificate of the service itself: callers need their own`,
      )
    }
    return found
  })
}

function sha256Of(pem: string): string {
  return crypto.hash('sha256', new crypto.X509Certificate(pem).raw, 'hex')
}

function saidOf(problems: IdentityReading['problems'], kind: 'identity' | 'store', name: string): string[] {
  return problems.filter(({ details }) => details[kind] === name).map(({ message }) => message)
}

/** Reads the keys of tokens; throws OPERATOR_BAD_DOCUMENT with every service that has none, or a bad one. */
export async function readTokenKeys(services: readonly Named[], folder: string): Promise<Pick<Snapshot, 'tokenKeys'>> {
  const problems: Problem[] = []
  const keys: Record<string, readonly TokenKey[]> = {}
  for (const [index, { tokens }] of services.entries()) {
    if (tokens === undefined) continue
    try {
      keys[tokens.keys] = (await readKeys(folder, tokens.keys)).map(takingHalf)
    } catch (thrown) {
      problems.push(problemIn('settings', `services[${index}].tokens.keys`, asSidecarError(thrown).message))
    }
  }
  if (problems.length > 0) throw badDocument(problems)
  return Object.keys(keys).length === 0 ? {} : { tokenKeys: keys }
}
