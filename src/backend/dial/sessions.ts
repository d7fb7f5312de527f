/**
 * TLS sessions, each with what was found out about the certificate in the full handshake it came from. A resumed
 * session shows no certificate and Node calls it authorized even with an empty trust store, so it proves nothing by
 * itself: the verdict is reached again from the carried findings, and where those are too old, or the certificate has
 * ended since, the session is not offered. One cache belongs to one snapshot; nothing in it outlives a policy change.
 */
import type { Rule } from '../../policy/policy.ts'
import type { CertificateFindings } from '../judge/findings.ts'

export interface CarriedSession {
  readonly session: Buffer
  readonly certificate: CertificateFindings
  /** When an answer about revocation ends that was relied on. */
  readonly goodUntilMs: number
  /** When the certificate was really seen. */
  readonly seenMs: number
}

/** Everything a verdict depends on beside the findings; the snapshot is the cache itself. */
export interface SessionKey {
  readonly rule: Rule
  readonly authority: string
  readonly serverName: string
  readonly nameToVerify: string
  /** SHA-256 of the client certificate we show. */
  readonly identity: string | undefined
}

const SESSIONS_MAX = 2000
/** A renewed or changed certificate is seen this soon. Tickets live for a day or a week otherwise. */
const CARRIED_MAX_MS = 3_600_000

export class Sessions {
  readonly #byKey = new Map<string, CarriedSession>()

  /** The newest session that may still be resumed. */
  find(key: SessionKey, nowMs: number): CarriedSession | undefined {
    const text = textOf(key)
    const carried = this.#byKey.get(text)
    if (carried === undefined) return undefined
    // A clock set back makes ages negative; such a session is dropped like one that is too old.
    const ageMs = nowMs - carried.seenMs
    if (ageMs >= 0 && ageMs < CARRIED_MAX_MS && nowMs < endOf(carried)) return carried
    this.#byKey.delete(text)
    return undefined
  }

  keep(key: SessionKey, carried: CarriedSession): void {
    const text = textOf(key)
    // Taken out and put back, so that the map stays in the order of use and the first is the one to drop.
    this.#byKey.delete(text)
    this.#byKey.set(text, carried)
    if (this.#byKey.size > SESSIONS_MAX) this.#byKey.delete(this.#byKey.keys().next().value as string)
  }

  /** Forgets a session that the backend would not take, or that led to a refusal. */
  forget(key: SessionKey): void {
    this.#byKey.delete(textOf(key))
  }
}

/** A session ends with what it rests on: the first certificate of the path, or the first answer about revocation. */
function endOf({ certificate, goodUntilMs }: CarriedSession): number {
  return Math.min(certificate.notAfterMs, goodUntilMs)
}

function textOf({ rule, authority, serverName, nameToVerify, identity }: SessionKey): string {
  return [rule.index, authority, serverName, nameToVerify, identity ?? ''].join('\n')
}
