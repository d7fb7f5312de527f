/**
 * PKCS#12 as a bag of trusted certificates (RFC 7292). First the MAC, then what it covers; a private key is refused by
 * its name, and what encrypts it is not even derived. pkijs is not used: it knows modern files only and reads ASN.1 by
 * recursion, and the part of PKCS#12 that concerns public certificates is small.
 */
import { badContainer, CERTIFICATES_MAX, wrongPassword } from './bad-container.ts'
import {
  assertShallow,
  type BerElement,
  childrenOf,
  countOf,
  expectTag,
  octetsOf,
  oidOf,
  parseOne,
  TAG,
} from './ber.ts'
import { type Opener, readEncryption } from './pkcs12-algorithms.ts'
import { readMac } from './pkcs12-mac.ts'
import { type Secret, secretsFor } from './pkcs12-secret.ts'
import { printable } from './printable.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
const BAG = '1.2.840.113549.1.12.10.1.'
const CERTIFICATE_BAG = `${BAG}3`
const NESTED_BAG = `${BAG}6`
const NESTING_MAX = 8

const refusedBags: Readonly<Record<string, string>> = {
  [`${BAG}1`]: 'a private key',
  [`${BAG}2`]: 'a private key',
  [`${BAG}4`]: 'a revocation list',
  [`${BAG}5`]: 'a secret',
}

/** Reads the certificates of a PKCS#12 file, as DER; throws OPERATOR_BAD_TRUST_STORE. */
export function parsePkcs12(bytes: Buffer, password: string | undefined): Buffer[] {
  const certificates = openPkcs12(bytes, password).contents.flatMap(readBags)
  if (certificates.length === 0) throw badContainer('is PKCS#12 and holds no certificate')
  return certificates
}

/** What the parts of a file hold, and the secret that opened them. */
export interface OpenedPkcs12 {
  readonly secret: Secret
  readonly contents: readonly Buffer[]
}

/** Opens every part of a PKCS#12 file; throws OPERATOR_BAD_TRUST_STORE. */
export function openPkcs12(bytes: Buffer, password: string | undefined): OpenedPkcs12 {
  assertShallow(bytes)
  const [version, content, mac] = childrenOf(parseOne(bytes))
  if (countOf(version) !== 3) throw badContainer(`is PKCS#12 of unknown version ${countOf(version)}`)
  const sealed = readContent(content)
  const safes = childrenOf(parseOne(sealed)).map(readSafe)
  const opened = openAll(safes, secretsThatFit(mac && readMac(mac), { sealed, password }))
  if (opened === undefined) throw wrongPassword(password)
  return opened
}

function readContent(content: BerElement | undefined): Buffer {
  const [type, wrapped] = childrenOf(content)
  const oid = oidOf(type)
  if (oid !== DATA) throw badContainer(`is PKCS#12 sealed by a public key (${oid}): only passwords are known here`)
  return octetsOf(parseOne(expectTag(wrapped, TAG.context0).content))
}

/** One part of the file, plain or encrypted. */
interface Safe {
  readonly bytes: Buffer
  readonly open: Opener
}

/** Reads the outside of each part, so that every iteration count has been judged before the first key is derived. */
function readSafe(element: BerElement): Safe {
  const [type, wrapped] = childrenOf(element)
  const oid = oidOf(type)
  const content = parseOne(expectTag(wrapped, TAG.context0).content)
  if (oid === DATA) return { bytes: octetsOf(content), open: (_, bytes) => bytes }
  if (oid !== ENCRYPTED_DATA) throw badContainer(`holds a part encrypted for a public key (${oid})`)
  const [, encrypted] = childrenOf(content)
  const [, algorithm, bytes] = childrenOf(encrypted)
  return { bytes: octetsOf(bytes, 0x80), open: readEncryption(algorithm) }
}

/** With a MAC the secrets that it proves, without one all that may be. */
function secretsThatFit(
  check: ReturnType<typeof readMac> | undefined,
  { sealed, password }: { sealed: Buffer; password: string | undefined },
): readonly Secret[] {
  const secrets = secretsFor(password)
  if (check === undefined) return secrets
  const found = secrets.find((secret) => check(secret, sealed))
  return found ? [found] : []
}

function openAll(safes: readonly Safe[], secrets: readonly Secret[]): OpenedPkcs12 | undefined {
  for (const secret of secrets) {
    const contents = safes.map(({ bytes, open }) => open(secret, bytes))
    if (contents.every((each) => each !== undefined)) return { secret, contents }
  }
  return undefined
}

function readBags(contents: Buffer): Buffer[] {
  assertShallow(contents)
  const certificates: Buffer[] = []
  let level = childrenOf(parseOne(contents))
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > NESTING_MAX) throw badContainer(`its bags are nested more than ${NESTING_MAX} deep`)
    const nested: BerElement[] = []
    for (const bag of level) {
      const [type, wrapped, attributes] = childrenOf(bag)
      const value = parseOne(expectTag(wrapped, TAG.context0).content)
      const oid = oidOf(type)
      if (oid === NESTED_BAG) nested.push(...childrenOf(value))
      else if (oid === CERTIFICATE_BAG) certificates.push(readCertificate(value))
      else throw refusedBag(oid, attributes)
    }
    if (certificates.length > CERTIFICATES_MAX) throw badContainer(`holds more than ${CERTIFICATES_MAX} certificates`)
    level = nested
  }
  return certificates
}

/** Reads a certificate bag. */
export function readCertificate(value: BerElement): Buffer {
  const [type, wrapped] = childrenOf(value)
  if (oidOf(type) !== X509_CERTIFICATE) throw badContainer(`holds a certificate that is not X.509 (${oidOf(type)})`)
  return octetsOf(parseOne(expectTag(wrapped, TAG.context0).content))
}

function refusedBag(oid: string, attributes: BerElement | undefined) {
  const what = refusedBags[oid]
  if (what === undefined) return badContainer(`holds something unknown (${oid})`)
  const name = friendlyName(attributes)
  const called = name === undefined ? '' : ` (named "${printable(name)}")`
  return badContainer(`holds ${what}${called}: only certificates belong here, remove it`)
}

function friendlyName(attributes: BerElement | undefined): string | undefined {
  if (attributes === undefined) return undefined
  for (const attribute of childrenOf(attributes, TAG.set)) {
    const [type, values] = childrenOf(attribute)
    if (oidOf(type) !== FRIENDLY_NAME) continue
    const text = childrenOf(values, TAG.set)[0]?.content.subarray(0, 200) ?? Buffer.alloc(0)
    return Buffer.from(text.subarray(0, text.length & ~1))
      .swap16()
      .toString('utf16le')
  }
  return undefined
}
