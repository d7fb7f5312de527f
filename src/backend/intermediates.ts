import type crypto from 'node:crypto'
import type { IntermediatePool } from '../truststore/intermediate-pool.ts'
import { bySubject } from './anchors.ts'

/**
 * The intermediates a rule may complete a chain with. They are steps on the way to an anchor and never its end. Parsed
 * on first use, as the anchors are.
 */
export class Intermediates {
  readonly isEmpty: boolean
  readonly #pool: IntermediatePool
  #bySubject: ReturnType<typeof bySubject> | undefined

  constructor(pool: IntermediatePool) {
    this.#pool = pool
    this.isEmpty = pool.certificates.length === 0
  }

  /** Intermediates that by name and key identifier may have issued a certificate; signatures are not looked at. */
  possibleIssuers(certificate: crypto.X509Certificate): crypto.X509Certificate[] {
    if (this.isEmpty) return []
    this.#bySubject ??= bySubject(this.#pool.certificates)
    return (this.#bySubject.get(certificate.issuer) ?? []).filter((each) => certificate.checkIssued(each))
  }
}
