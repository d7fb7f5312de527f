import crypto from 'node:crypto'
import type { TrustSet } from '../../truststore/trust-set.ts'
import { isSelfSigned } from './self-signed.ts'

/** The trust anchors of a rule, for our own walk along a chain. Parsed on first use: most handshakes need only OpenSSL. */
export class Anchors {
  /** Names of the stores, for messages. */
  readonly stores: readonly string[]
  readonly #sets: readonly TrustSet[]
  #bySubject: Map<string, crypto.X509Certificate[]> | undefined

  constructor(sets: readonly TrustSet[]) {
    this.#sets = sets
    this.stores = sets.map((set) => set.name)
  }

  /** Tells whether this very certificate is an anchor. */
  has(certificate: crypto.X509Certificate): boolean {
    return this.#named(certificate.subject).some((anchor) => anchor.fingerprint256 === certificate.fingerprint256)
  }

  /** Anchors that by name and key identifier may have issued a certificate; signatures are not looked at. */
  possibleIssuers(certificate: crypto.X509Certificate): crypto.X509Certificate[] {
    return this.#named(certificate.issuer).filter((anchor) => certificate.checkIssued(anchor))
  }

  /** Tells whether OpenSSL takes each of them for an anchor by itself: those that name themselves as issuer. */
  get areRoots(): boolean {
    this.#bySubject ??= bySubject(this.#sets.flatMap((set) => set.certificates))
    return [...this.#bySubject.values()].flat().every((each) => isSelfSigned(each) && each.checkIssued(each))
  }

  #named(subject: string): readonly crypto.X509Certificate[] {
    this.#bySubject ??= bySubject(this.#sets.flatMap((set) => set.certificates))
    return this.#bySubject.get(subject) ?? []
  }
}

/** Parses PEM certificates into an index by their subjects. */
export function bySubject(certificates: readonly string[]): Map<string, crypto.X509Certificate[]> {
  const index = new Map<string, crypto.X509Certificate[]>()
  for (const pem of certificates) {
    const certificate = new crypto.X509Certificate(pem)
    const others = index.get(certificate.subject)
    if (others) others.push(certificate)
    else index.set(certificate.subject, [certificate])
  }
  return index
}
