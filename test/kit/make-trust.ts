import { X509Certificate } from 'node:crypto'
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeTrustSet } from '../../src/truststore/make-trust-set.ts'
import type { TrustSet } from '../../src/truststore/trust-set.ts'

/** An authority, a leaf it signed, and the trust set that holds the authority. */
export interface Trust {
  readonly ca: MadeCertificate
  readonly leaf: MadeCertificate
  readonly set: TrustSet
}

/** Makes a CA and a leaf for the host names and IP addresses given; `leaf` overrides what the leaf says. */
export async function makeTrust(
  names: readonly string[] = ['localhost', '127.0.0.1'],
  { name = 'corp', leaf = {} }: { name?: string; leaf?: Partial<CertificateWish> } = {},
): Promise<Trust> {
  const ca = await makeCertificate({ subject: `Test CA ${name}`, ca: true })
  const dns = names.filter((each) => !/^[\d.]+$|:/.test(each))
  const ip = names.filter((each) => /^[\d.]+$|:/.test(each))
  const made = await makeCertificate({ subject: names[0] ?? '', issuer: ca, sans: { dns, ip }, ...leaf })
  return { ca, leaf: made, set: trustSetOf(name, [ca]) }
}

/** Makes a trust set of exactly these certificates. */
export function trustSetOf(name: string, anchors: readonly Pick<MadeCertificate, 'certificate'>[]): TrustSet {
  return makeTrustSet(
    name,
    anchors.map((each) => new X509Certificate(each.certificate)),
  )
}
