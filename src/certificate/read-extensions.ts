/**
 * The extensions of a certificate that Node has no door to: which there are and which are critical, key usage, basic
 * constraints, names by their bytes, name constraints, key identifiers.
 */
import { DER, type DerElement, derChildren, derParts, dottedOid } from './der.ts'
import { type GeneralName, readGeneralNames } from './read-general-names.ts'
import { type NameConstraints, readNameConstraints } from './read-name-constraints.ts'

export interface CertificateExtensions {
  /** Object identifiers in the order they came, repeats included. */
  readonly ids: readonly string[]
  /** Those of the critical ones. */
  readonly critical: readonly string[]
  /** Undefined when the certificate does not restrict it. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  readonly basicConstraints: BasicConstraints | undefined
  /** The subject alternative names; undefined without the extension. */
  readonly names: readonly GeneralName[] | undefined
  /** Undefined for a CA that is free. */
  readonly nameConstraints: NameConstraints | undefined
  /** Hex. */
  readonly subjectKeyId: string | undefined
  /** Hex. */
  readonly authorityKeyId: string | undefined
}

export interface BasicConstraints {
  readonly ca: boolean
  /** How many intermediates may follow; undefined for any number. */
  readonly pathLength: number | undefined
}

export type KeyUsage = (typeof keyUsages)[number]

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const

/** The extensions that are read here, by their object identifiers. */
export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  names: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
} as const

/** Reads the list of extensions; throws a TypeError when it cannot be read. */
export function readExtensions(list: Buffer | undefined): CertificateExtensions {
  const extensions = list === undefined ? [] : derParts(list).map(({ value }) => readExtension(value))
  const read = <T>(id: string, reader: (value: Buffer) => T): T | undefined => {
    const found = extensions.find((each) => each.id === id)
    return found && reader(found.value)
  }
  return {
    ids: extensions.map(({ id }) => id),
    critical: extensions.filter(({ critical }) => critical).map(({ id }) => id),
    keyUsage: read(EXTENSION.keyUsage, readKeyUsage),
    basicConstraints: read(EXTENSION.basicConstraints, readBasicConstraints),
    names: read(EXTENSION.names, (value) => readGeneralNames(only(value, DER.sequence))),
    nameConstraints: read(EXTENSION.nameConstraints, readNameConstraints),
    subjectKeyId: read(EXTENSION.subjectKeyId, (value) => only(value, DER.octetString).toString('hex')),
    authorityKeyId: read(EXTENSION.authorityKeyId, readAuthorityKeyId),
  }
}

interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Buffer
}

function readExtension(bytes: Buffer): Extension {
  const [id, ...rest] = derChildren(bytes)
  const value = rest.at(-1)
  if (id?.tag !== DER.oid || value?.tag !== DER.octetString) throw new TypeError('not an extension')
  const flag = rest.length > 1 ? rest[0] : undefined
  return {
    id: dottedOid(id.value),
    critical: flag?.tag === DER.boolean && flag.value[0] !== 0,
    value: value.value,
  }
}

function readKeyUsage(value: Buffer): ReadonlySet<KeyUsage> {
  const byte = only(value, DER.bitString)[1] ?? 0
  return new Set(keyUsages.filter((_, index) => (byte & (0x80 >> index)) !== 0))
}

function readBasicConstraints(value: Buffer): BasicConstraints {
  const parts = derParts(value)
  const flag = parts.find(({ tag }) => tag === DER.boolean)
  const length = parts.find(({ tag }) => tag === DER.integer)
  return {
    ca: flag !== undefined && flag.value[0] !== 0,
    pathLength: length?.value.readUIntBE(0, length.value.length),
  }
}

const KEY_IDENTIFIER = 0x80

/** One that names the issuer by its own issuer and serial number alone gives no identifier of a key. */
function readAuthorityKeyId(value: Buffer): string | undefined {
  return derParts(value)
    .find(({ tag }) => tag === KEY_IDENTIFIER)
    ?.value.toString('hex')
}

function only(bytes: Buffer, wanted: number): Buffer {
  const [element, ...others]: DerElement[] = derChildren(bytes)
  if (element?.tag !== wanted || others.length > 0) throw new TypeError('not the one element that belongs here')
  return element.value
}
