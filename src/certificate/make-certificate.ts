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
import type { CertificateWish, MadeCertificate } from './certificate-wish.ts'
import { makeExtensions } from './make-extensions.ts'
import { arrayBufferOf, COMMON_NAME, distinguishedName } from './make-names.ts'

export type { CertificateWish, MadeCertificate, SubjectNames } from './certificate-wish.ts'

const DAY_MS = 86_400_000
const SERIAL_BYTES = 15

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
  dsa: {
    md5: undefined,
    sha1: '1.2.840.10040.4.3',
    sha256: '2.16.840.1.101.3.4.3.2',
    sha384: '2.16.840.1.101.3.4.3.3',
    sha512: '2.16.840.1.101.3.4.3.4',
  },
} as const

/** Makes one certificate with its private key. */
export async function makeCertificate(wish: CertificateWish): Promise<MadeCertificate> {
  const privateKey = wish.privateKey ? crypto.createPrivateKey(wish.privateKey) : await newKey(wish)
  const signer = wish.issuer ? crypto.createPrivateKey(wish.issuer.key) : privateKey
  const spki = wish.publicKey ?? crypto.createPublicKey(privateKey).export({ type: 'spki', format: 'der' })

  const certificate = new pkijs.Certificate()
  certificate.version = (wish.version ?? 3) - 1
  certificate.serialNumber = new asn1js.Integer({ valueHex: arrayBufferOf(wish.serial ?? newSerial()) })
  certificate.notBefore.value = wish.notBefore ?? new Date(Date.now() - DAY_MS)
  certificate.notAfter.value = wish.notAfter ?? new Date(Date.now() + 90 * DAY_MS)
  certificate.subject = distinguishedName([
    ...(wish.subject === '' ? [] : [[COMMON_NAME, wish.subject] as const]),
    ...(wish.attributes ?? []),
  ])
  const issuer = wish.issuer ? parse(wish.issuer.certificate) : certificate
  certificate.issuer = issuer.subject
  certificate.subjectPublicKeyInfo = pkijs.PublicKeyInfo.fromBER(arrayBufferOf(spki))
  if (wish.version !== 1) certificate.extensions = makeExtensions(wish, certificate, issuer)

  sign(certificate, signer, wish)
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
  const modulusLength = keyBits ?? 2048
  if (keyType === 'rsa') return (await generateKeyPair('rsa', { modulusLength })).privateKey
  if (keyType === 'dsa') return (await generateKeyPair('dsa', { modulusLength, divisorLength: 224 })).privateKey
  return (await generateKeyPair('ec', { namedCurve: `P-${keyBits ?? 256}` })).privateKey
}

function newSerial(): Buffer {
  const serial = crypto.randomBytes(SERIAL_BYTES)
  // A first byte of 0x01 to 0x7f keeps the number positive and of one length.
  serial[0] = (serial[0] as number) | 0x01
  serial[0] &= 0x7f
  return serial
}

function sign(certificate: pkijs.Certificate, signer: crypto.KeyObject, wish: CertificateWish): void {
  const hash = wish.signatureHash ?? 'sha256'
  const algorithm = wish.pss ? pssAlgorithm(hash) : plainAlgorithm(signer, hash)
  certificate.signature = algorithm
  certificate.signatureAlgorithm = algorithm
  const tbs = new Uint8Array(certificate.encodeTBS().toBER(false))
  certificate.tbsView = tbs
  const padding = wish.pss ? { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES } : {}
  const signature = wish.signatureBytes ?? crypto.sign(hash, tbs, { key: signer, ...padding })
  certificate.signatureValue = new asn1js.BitString({ valueHex: arrayBufferOf(signature) })
}

type Hash = NonNullable<CertificateWish['signatureHash']>

function plainAlgorithm(signer: crypto.KeyObject, hash: Hash): pkijs.AlgorithmIdentifier {
  const type = signer.asymmetricKeyType as keyof typeof signatureOids
  const algorithmId = signatureOids[type][hash]
  if (algorithmId === undefined) throw new TypeError(`no ${type} signature with ${hash}`)
  return new pkijs.AlgorithmIdentifier({
    algorithmId,
    ...(type === 'rsa' ? { algorithmParams: new asn1js.Null() } : {}),
  })
}

const PSS_SALT_BYTES = 20
const pssHashes: Partial<Record<Hash, string>> = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' }

function pssAlgorithm(hash: Hash): pkijs.AlgorithmIdentifier {
  const algorithmId = pssHashes[hash]
  if (algorithmId === undefined) throw new TypeError(`no PSS signature with ${hash}`)
  const hashAlgorithm = new pkijs.AlgorithmIdentifier({ algorithmId, algorithmParams: new asn1js.Null() })
  const maskGenAlgorithm = new pkijs.AlgorithmIdentifier({
    algorithmId: '1.2.840.113549.1.1.8',
    algorithmParams: hashAlgorithm.toSchema(),
  })
  const parameters = new pkijs.RSASSAPSSParams({ hashAlgorithm, maskGenAlgorithm, saltLength: PSS_SALT_BYTES })
  return new pkijs.AlgorithmIdentifier({
    algorithmId: '1.2.840.113549.1.1.10',
    algorithmParams: parameters.toSchema(),
  })
}

function parse(pem: string): pkijs.Certificate {
  return pkijs.Certificate.fromBER(arrayBufferOf(new crypto.X509Certificate(pem).raw))
}
