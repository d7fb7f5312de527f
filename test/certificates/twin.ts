/** What a case is made of: beside every certificate that passes stands one that does not, and the reason. */
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { FindingName, Grade } from '../../src/policy/policy.ts'

export interface Twin {
  /** The check it is about, by its name in the source table, or `trust` for what is judged beside those. */
  readonly check: string
  /** Why the one passes and the other does not. */
  readonly reason: string
  readonly passes: Shown
  readonly fails: Shown & {
    readonly finds: readonly FindingName[]
    /** OpenSSL alone sees it, because its rules for who issued whom keep our own walk from getting there. */
    readonly isOpenssls?: true
  }
}

/** A backend and the rule it is judged by. */
export interface Shown {
  /** Completes "a backend with …". */
  readonly as: string
  /** What is special about its certificate; otherwise one for good.test, signed by the root. */
  readonly leaf?: Partial<CertificateWish>
  /** A certificate made already, instead. */
  readonly made?: MadeCertificate
  /** What it sends behind its own. */
  readonly sent?: readonly MadeCertificate[]
  /** What the rule trusts; the root alone when left out. */
  readonly trusted?: readonly MadeCertificate[]
  readonly host?: string
  readonly grade?: Grade
  readonly securityLevel?: number
}

export const root = await makeCertificate({ subject: 'Root', ca: true })
export const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })
export const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
export const sans = { dns: ['good.test'] }

/** Makes an authority under the root. */
export function authority(wish: Partial<CertificateWish> = {}): Promise<MadeCertificate> {
  return makeCertificate({ subject: 'Authority', ca: true, issuer: root, ...wish })
}

/** A backend behind one authority, which it sends. */
export function behind(
  issuer: MadeCertificate,
  as: string,
  leaf: Partial<CertificateWish> = {},
): Pick<Shown, 'as' | 'leaf' | 'sent'> {
  return { as, leaf: { issuer, ...leaf }, sent: [issuer] }
}
