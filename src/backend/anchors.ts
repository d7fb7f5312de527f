import crypto from 'node:crypto'
import type { TrustSet } from '../truststore/trust-set.ts'

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

  #named(subject: string): readonly crypto.X509Certificate[] {
    this.#bySubject ??= index(this.#sets)
    return this.#bySubject.get(subject) ?? []
  }
}

function index(sets: readonly TrustSet[]): Map<string, crypto.X509Certificate[]> {
  const bySubject = new Map<string, crypto.X509Certificate[]>()
  for (const pem of sets.flatMap((set) => set.certificates)) {
    const anchor = new crypto.X509Certificate(pem)
    const others = bySubject.get(anchor.subject)
    if (others) others.push(anchor)
    else bySubject.set(anchor.subject, [anchor])
  }
  return bySubject
}
