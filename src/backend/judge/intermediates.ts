import type crypto from 'node:crypto'
import type { IntermediatePool } from '../../truststore/intermediate-pool.ts'
import type { IssuerBook } from '../../truststore/issuer-book.ts'
import { bySubject } from './anchors.ts'

/**
 * The intermediates a rule may complete a chain with: those of the pool, and where it says so those that were fetched
 * from where a certificate points to. They are steps on the way to an anchor and never its end. Parsed on first use, as
 * the anchors are.
 */
export class Intermediates {
  /** Tells whether the pool is empty; OpenSSL never gets to know what was fetched. */
  readonly isPoolEmpty: boolean
  readonly #pool: IntermediatePool
  readonly #fetched: IssuerBook | undefined
  #bySubject: ReturnType<typeof bySubject> | undefined

  constructor(pool: IntermediatePool, fetched?: IssuerBook) {
    this.#pool = pool
    this.#fetched = fetched
    this.isPoolEmpty = pool.certificates.length === 0
  }

  /** Intermediates that by name and key identifier may have issued a certificate; signatures are not looked at. */
  possibleIssuers(certificate: crypto.X509Certificate, nowMs: number): crypto.X509Certificate[] {
    return [...this.#pooled(certificate), ...(this.#fetched?.possibleIssuers(certificate, nowMs) ?? [])]
  }

  /** Has a missing issuer fetched where the rule wants that, and says how it stands; '' where nobody fetches. */
  seekIssuerOf(certificate: crypto.X509Certificate): string {
    return this.#fetched?.seekIssuerOf(certificate) ?? ''
  }

  #pooled(certificate: crypto.X509Certificate): crypto.X509Certificate[] {
    if (this.isPoolEmpty) return []
    this.#bySubject ??= bySubject(this.#pool.certificates)
    return (this.#bySubject.get(certificate.issuer) ?? []).filter((each) => certificate.checkIssued(each))
  }
}
