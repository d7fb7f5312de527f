/**
 * Makes throw-away certificates in memory, for the demo's backends and for tests: authorities, intermediates and
 * leaves with any fault a backend can have. Nothing here is fit to protect anything: keys are given out in the clear.
 * pkijs lays out the ASN.1; keys and signatures are node:crypto's. Both libraries cost 100 ms to load, so whoever
 * uses this file on a path that must start fast imports it lazily.
 */
import crypto from 'node:crypto'
import { promisify } from 'node:util'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { bytesOfIp } from './ip-bytes.ts'

export interface CertificateWish {
  /** The common name; an empty one makes an empty subject. */
  readonly subject: string
  /** Who signs; left out, the certificate signs itself. */
  readonly issuer?: Pick<MadeCertificate, 'certificate' | 'key'> | undefined
  readonly sans?: SubjectNames | undefined
  readonly notBefore?: Date | undefined
  readonly notAfter?: Date | undefined
  /** May sign others: basic constraints CA with certificate signing as key usage. */
  readonly ca?: boolean | undefined
  /** How many intermediates may follow a CA. */
  readonly pathLength?: number | undefined
  readonly keyType?: 'ec' | 'rsa' | undefined
  /** For RSA the modulus (2048), for EC the curve's size: 256, 384 or 521. */
  readonly keyBits?: number | undefined
  /** A private key (PEM) to certify instead of a new one, as in a renewal that keeps its pin. */
  readonly privateKey?: string | undefined
  readonly signatureHash?: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512' | undefined
  /** Server and client by default for a leaf, none for a CA; an empty list leaves the extension out. */
  readonly extKeyUsage?: readonly ExtKeyUsageName[] | undefined
  /** False leaves out the subject and authority key identifiers. */
  readonly keyIdentifiers?: boolean | undefined
  /** Where the issuer's certificate can be fetched (authority information access). */
  readonly issuerUrl?: string | undefined
  /** Host names a CA may vouch for, and those it must not (name constraints, critical). */
  readonly nameConstraints?:
    | { readonly permitted?: readonly string[]; readonly excluded?: readonly string[] }
    | undefined
  /** Version 1 has no extensions at all. */
  readonly version?: 1 | 3 | undefined
}

export interface SubjectNames {
  readonly dns?: readonly string[]
  readonly ip?: readonly string[]
  readonly uri?: readonly string[]
  readonly email?: readonly string[]
}

export type ExtKeyUsageName = keyof typeof extKeyUsages

export interface MadeCertificate {
  /** PEM, one certificate. */
  readonly certificate: string
  /** PEM, PKCS#8, unencrypted. */
  readonly key: string
  readonly der: Buffer
  /** SHA-256 of the certificate, hex. */
  readonly sha256: string
  /** SHA-256 of the public key (SPKI), base64: what a pin names. */
  readonly spkiSha256: string
}

const DAY_MS = 86_400_000
const SERIAL_BYTES = 15

const extKeyUsages = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const

const signatureOids = {
  ec: {
    md5: undefined,
    sha1: '1.2.840.10045.4.1',
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha512: '1.2.840.10045.4.3.4',
  },
  rsa: {
    md5: '1.2.840.113549.1.1.4',
    sha1: '1.2.840.113549.1.1.5',
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
} as const

/** Makes one certificate with its private key. */
export async function makeCertificate(wish: CertificateWish): Promise<MadeCertificate> {
  const privateKey = wish.privateKey ? crypto.createPrivateKey(wish.privateKey) : await newKey(wish)
  const signer = wish.issuer ? crypto.createPrivateKey(wish.issuer.key) : privateKey
  const spki = crypto.createPublicKey(privateKey).export({ type: 'spki', format: 'der' })

  const certificate = new pkijs.Certificate()
  certificate.version = (wish.version ?? 3) - 1
  certificate.serialNumber = new asn1js.Integer({ valueHex: arrayBufferOf(newSerial()) })
  certificate.notBefore.value = wish.notBefore ?? new Date(Date.now() - DAY_MS)
  certificate.notAfter.value = wish.notAfter ?? new Date(Date.now() + 90 * DAY_MS)
  addCommonName(certificate.subject, wish.subject)
  const issuer = wish.issuer ? parse(wish.issuer.certificate) : certificate
  certificate.issuer = issuer.subject
  certificate.subjectPublicKeyInfo = pkijs.PublicKeyInfo.fromBER(arrayBufferOf(spki))
  if (wish.version !== 1) certificate.extensions = extensionsOf(wish, certificate, issuer)

  sign(certificate, signer, wish.signatureHash ?? 'sha256')
  const der = Buffer.from(certificate.toSchema(true).toBER(false))
  return Object.freeze({
    certificate: new crypto.X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    der,
    sha256: crypto.hash('sha256', der, 'hex'),
    spkiSha256: crypto.hash('sha256', spki, 'base64'),
  })
}

const generateKeyPair = promisify(crypto.generateKeyPair)

async function newKey({ keyType = 'ec', keyBits }: CertificateWish): Promise<crypto.KeyObject> {
  if (keyType === 'rsa') return (await generateKeyPair('rsa', { modulusLength: keyBits ?? 2048 })).privateKey
  return (await generateKeyPair('ec', { namedCurve: `P-${keyBits ?? 256}` })).privateKey
}

function newSerial(): Buffer {
  const serial = crypto.randomBytes(SERIAL_BYTES)
  // A first byte of 0x01 to 0x7f keeps the number positive and of one length.
  serial[0] = (serial[0] as number) | 0x01
  serial[0] &= 0x7f
  return serial
}

function sign(certificate: pkijs.Certificate, signer: crypto.KeyObject, hash: keyof typeof signatureOids.rsa): void {
  const type = signer.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'
  const algorithmId = signatureOids[type][hash]
  if (algorithmId === undefined) throw new TypeError(`no ${type} signature with ${hash}`)
  const algorithm = new pkijs.AlgorithmIdentifier(
    type === 'rsa' ? { algorithmId, algorithmParams: new asn1js.Null() } : { algorithmId },
  )
  certificate.signature = algorithm
  certificate.signatureAlgorithm = algorithm
  const tbs = new Uint8Array(certificate.encodeTBS().toBER(false))
  certificate.tbsView = tbs
  certificate.signatureValue = new asn1js.BitString({ valueHex: arrayBufferOf(crypto.sign(hash, tbs, signer)) })
}

function extensionsOf(wish: CertificateWish, own: pkijs.Certificate, issuer: pkijs.Certificate): pkijs.Extension[] {
  const purposes = wish.extKeyUsage ?? (wish.ca ? [] : ['serverAuth', 'clientAuth'])
  const constraints = new pkijs.BasicConstraints(
    wish.pathLength === undefined
      ? { cA: wish.ca === true }
      : { cA: wish.ca === true, pathLenConstraint: wish.pathLength },
  )
  const extensions = [
    extension('2.5.29.19', true, constraints.toSchema()),
    extension('2.5.29.15', true, keyUsage(wish.ca === true)),
  ]
  if (purposes.length > 0) {
    const keyPurposes = purposes.map((purpose) => extKeyUsages[purpose as ExtKeyUsageName])
    extensions.push(extension('2.5.29.37', false, new pkijs.ExtKeyUsage({ keyPurposes }).toSchema()))
  }
  const names = wish.sans ? generalNames(wish.sans) : []
  if (names.length > 0) {
    extensions.push(extension('2.5.29.17', false, new pkijs.GeneralNames({ names }).toSchema()))
  }
  if (wish.issuerUrl !== undefined) extensions.push(issuerAccess(wish.issuerUrl))
  if (wish.nameConstraints !== undefined) extensions.push(nameConstraints(wish.nameConstraints))
  if (wish.keyIdentifiers !== false) {
    const authority = new pkijs.AuthorityKeyIdentifier({
      keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier(issuer) }),
    })
    extensions.push(
      extension('2.5.29.14', false, new asn1js.OctetString({ valueHex: keyIdentifier(own) })),
      extension('2.5.29.35', false, authority.toSchema()),
    )
  }
  return extensions
}

function extension(
  extnID: string,
  critical: boolean,
  value: { toBER(sizeOnly?: boolean): ArrayBuffer },
): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) })
}

/** Certificate and CRL signing for a CA; signature and key encipherment for a leaf. */
function keyUsage(ca: boolean): asn1js.BitString {
  const [bits, unusedBits] = ca ? [0b0000_0110, 1] : [0b1010_0000, 5]
  return new asn1js.BitString({ valueHex: arrayBufferOf(Buffer.from([bits])), unusedBits })
}

function issuerAccess(url: string): pkijs.Extension {
  const description = new pkijs.AccessDescription({
    accessMethod: '1.3.6.1.5.5.7.48.2',
    accessLocation: new pkijs.GeneralName({ type: 6, value: url }),
  })
  return extension('1.3.6.1.5.5.7.1.1', false, new pkijs.InfoAccess({ accessDescriptions: [description] }).toSchema())
}

function nameConstraints({ permitted, excluded }: NonNullable<CertificateWish['nameConstraints']>): pkijs.Extension {
  const subtrees = (names: readonly string[]) =>
    names.map((value) => new pkijs.GeneralSubtree({ base: new pkijs.GeneralName({ type: 2, value }) }))
  const constraints = new pkijs.NameConstraints({
    ...(permitted ? { permittedSubtrees: subtrees(permitted) } : {}),
    ...(excluded ? { excludedSubtrees: subtrees(excluded) } : {}),
  })
  return extension('2.5.29.30', true, constraints.toSchema())
}

function generalNames({ dns = [], ip = [], uri = [], email = [] }: SubjectNames): pkijs.GeneralName[] {
  return [
    ...email.map((value) => new pkijs.GeneralName({ type: 1, value })),
    ...dns.map((value) => new pkijs.GeneralName({ type: 2, value })),
    ...uri.map((value) => new pkijs.GeneralName({ type: 6, value })),
    ...ip.map((text) => {
      const value = new asn1js.OctetString({ valueHex: arrayBufferOf(bytesOfIp(text)) })
      return new pkijs.GeneralName({ type: 7, value })
    }),
  ]
}

function addCommonName(name: pkijs.RelativeDistinguishedNames, commonName: string): void {
  if (commonName === '') return
  const value = new asn1js.Utf8String({ value: commonName })
  name.typesAndValues.push(new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value }))
}

function keyIdentifier(certificate: pkijs.Certificate): ArrayBuffer {
  const bits = certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView
  return arrayBufferOf(crypto.createHash('sha1').update(bits).digest())
}

function parse(pem: string): pkijs.Certificate {
  return pkijs.Certificate.fromBER(arrayBufferOf(new crypto.X509Certificate(pem).raw))
}

/** Copies, because a small Buffer is a window on a pool that other code writes to. */
function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
