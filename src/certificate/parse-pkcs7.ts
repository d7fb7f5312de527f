/**
 * PKCS#7 as a bag of certificates (.p7b, .p7c). No signature in it is ever looked at: a file that has signers is a
 * signed message, and whoever puts one among trust anchors would trust its author by mistake.
 */
import { badContainer, CERTIFICATES_MAX } from './bad-container.ts'
import { assertShallow, type BerElement, childrenOf, expectTag, oidOf, parseOne, readChildren, TAG } from './ber.ts'

const SIGNED_DATA = '1.2.840.113549.1.7.2'

/** Reads the certificates of a certs-only PKCS#7 file, as DER; throws OPERATOR_BAD_TRUST_STORE. */
export function parsePkcs7(bytes: Buffer): Buffer[] {
  assertShallow(bytes)
  const [type, content] = childrenOf(parseOne(bytes))
  if (oidOf(type) !== SIGNED_DATA) throw badContainer(`is PKCS#7 without certificates (${oidOf(type)})`)
  const [version, digests, message, ...parts] = childrenOf(parseOne(expectTag(content, TAG.context0).content))
  expectTag(version, TAG.integer)
  expectTag(digests, TAG.set)
  expectTag(message, TAG.sequence)
  for (const part of parts) assertNothingElse(part)
  const certificates = parts.filter(({ tag }) => tag === TAG.context0).flatMap(readChildren)
  if (certificates.length === 0) throw badContainer('is PKCS#7 and holds no certificate')
  if (certificates.length > CERTIFICATES_MAX) throw badContainer(`holds more than ${CERTIFICATES_MAX} certificates`)
  // Attribute certificates and other relics have tags of their own here.
  return certificates.map((each) => expectTag(each, TAG.sequence).encoding)
}

function assertNothingElse(part: BerElement): void {
  if (part.tag === TAG.context0 || part.content.length === 0) return
  if (part.tag === TAG.context1) throw badContainer('holds revocation lists: only certificates belong here')
  if (part.tag === TAG.set) {
    throw badContainer('is a signed message, not a plain bag of certificates: export the certificates alone')
  }
  throw badContainer(`is damaged: 0x${part.tag.toString(16)} does not belong into PKCS#7`)
}
