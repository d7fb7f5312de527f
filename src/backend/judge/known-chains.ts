/**
 * Chains that have passed every check, so that the next full handshake with the same backend need not walk, verify and
 * read them again. Only a chain without any finding is known, by the fingerprints of all that was presented and what it
 * was held against, and only while OpenSSL is content with it this time too: it judges every handshake anew. One cache
 * belongs to one snapshot; a chain is forgotten when a date of its path comes, and after an hour in any case.
 */
import { withStaple } from './find-revocation.ts'
import { type CertificateFindings, certificateFindings, type Shown } from './findings.ts'

interface Known {
  readonly certificate: CertificateFindings
  readonly seenMs: number
}

const CHAINS_MAX = 1000
const KNOWN_MAX_MS = 3_600_000

export class KnownChains {
  readonly #byKey = new Map<string, Known>()

  /** Gives what is known of a chain, or looks at it. */
  findingsOf(shown: Shown): CertificateFindings {
    if (shown.opensslError !== undefined || shown.chain.length === 0) return certificateFindings(shown)
    const key = keyOf(shown)
    const known = this.#byKey.get(key)
    if (known !== undefined && holds(known, shown.nowMs)) return seenAgain(known.certificate, shown)
    const certificate = certificateFindings(shown)
    if (certificate.findings.length === 0) this.#keep(key, { certificate, seenMs: shown.nowMs })
    return certificate
  }

  #keep(key: string, known: Known): void {
    // Everything is forgotten at once when it is full: rare, cheap, and no bookkeeping for every handshake.
    if (this.#byKey.size >= CHAINS_MAX) this.#byKey.clear()
    this.#byKey.set(key, known)
  }
}

/** Only the staple is of this handshake; revocation is judged apart and each time. */
function seenAgain(certificate: CertificateFindings, { staple, nowMs }: Shown): CertificateFindings {
  const { revocation } = certificate
  return { ...certificate, revocation: revocation && withStaple(revocation, staple, nowMs) }
}

/** A clock set back makes ages negative; what was good in its future is looked at again. */
function holds({ certificate, seenMs }: Known, nowMs: number): boolean {
  return nowMs >= seenMs && nowMs < seenMs + KNOWN_MAX_MS && nowMs < certificate.notAfterMs
}

/** The rest of what findings depend on, stores and grade and pins, belongs to the rule and stays for the snapshot. */
function keyOf({ chain, name, rule }: Shown): string {
  let key = `${rule.index} ${name}`
  for (const { fingerprint256 } of chain) key += ` ${fingerprint256}`
  return key
}
