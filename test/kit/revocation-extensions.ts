/** Extensions of certificates that are about revocation, as wishes of makeCertificate. */
import type { ExtensionWish } from '../../src/certificate/certificate-wish.ts'
import { der, integer, oid, sequence } from './der.ts'

const uri = (url: string) => der(0x86, Buffer.from(url, 'latin1'))

/** Demands a stapled OCSP answer. */
export const mustStaple: ExtensionWish = { id: '1.3.6.1.5.5.7.1.24', value: sequence(integer(5)) }

/** A responder's certificate that is not itself to be asked about. */
export const noCheck: ExtensionWish = { id: '1.3.6.1.5.5.7.48.1.5', value: Buffer.from('0500', 'hex') }

/** Where lists are; one distribution point for each URL. */
export function crlPoints(...urls: string[]): ExtensionWish {
  return { id: '2.5.29.31', value: sequence(...urls.map((url) => sequence(distributionPoint(url)))) }
}

/** A distribution point whose lists come from somebody else. */
export function foreignCrlPoint(url: string): ExtensionWish {
  return { id: '2.5.29.31', value: sequence(sequence(distributionPoint(url), der(0xa2, uri('http://other.test/')))) }
}

/** The name of a distribution point: fullName with one URL. */
export function distributionPoint(url: string): Buffer {
  return der(0xa0, der(0xa0, uri(url)))
}

/** Where a responder is. */
export function ocspResponder(url: string): ExtensionWish {
  return { id: '1.3.6.1.5.5.7.1.1', value: sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), uri(url))) }
}

/** A key usage with these bits, the first byte of it. */
export function keyUsage(bits: number): ExtensionWish {
  return { id: '2.5.29.15', critical: true, value: der(0x03, Buffer.from([0, bits])) }
}
