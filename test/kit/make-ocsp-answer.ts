/** OCSP answers written by hand, sound unless a wish says otherwise: for stapling, and for a responder of a test. */
import crypto from 'node:crypto'
import type { MadeCertificate } from '../../src/certificate/make-certificate.ts'
import { readRevocationPointers } from '../../src/certificate/read-revocation-pointers.ts'
import { der, octets, oid, sequence } from './der.ts'

type Signer = Pick<MadeCertificate, 'certificate' | 'key'>

export interface OcspWish {
  readonly about: Pick<MadeCertificate, 'der'>
  /** Who issued it. */
  readonly issuer: Signer
  readonly status?: 'good' | 'revoked' | 'unknown'
  readonly revokedAt?: Date
  readonly reason?: number
  readonly thisUpdate?: Date
  /** Null leaves it out. */
  readonly nextUpdate?: Date | null
  /** The issuer by default; a delegated responder is sent along. */
  readonly signer?: Signer
  /** False leaves the signer's certificate out. */
  readonly sendsSigner?: boolean
  readonly byKeyHash?: boolean
  /** Signed by this key, whoever it claims to be. */
  readonly signingKey?: string
  readonly hash?: 'sha1' | 'sha256'
  readonly certIdHash?: 'sha1' | 'sha256'
  readonly serial?: Buffer
  readonly criticalExtension?: boolean
}

const HOUR_MS = 3_600_000

/** Makes a whole OCSPResponse. */
export function makeOcspAnswer(wish: OcspWish): Buffer {
  const signer = wish.signer ?? wish.issuer
  const tbs = sequence(responderOf(signer, wish), time(new Date()), sequence(single(wish)))
  const hash = wish.hash ?? 'sha256'
  const signature = crypto.sign(hash, tbs, wish.signingKey ?? signer.key)
  const algorithm = sequence(oid(hash === 'sha1' ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'))
  const isSent = signer !== wish.issuer && wish.sendsSigner !== false
  const certificates = isSent ? [der(0xa0, sequence(derOf(signer)))] : []
  const basic = sequence(tbs, algorithm, der(0x03, Buffer.from([0]), signature), ...certificates)
  return sequence(der(0x0a, Buffer.from([0])), der(0xa0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octets(basic))))
}

/** An answer that says nothing but why: 3 is tryLater. */
export function ocspRefusal(status: number): Buffer {
  return sequence(der(0x0a, Buffer.from([status])))
}

function responderOf(signer: Signer, { byKeyHash = false }: OcspWish): Buffer {
  const { subjectName, keyBits } = pointersOf(derOf(signer))
  if (!byKeyHash) return der(0xa1, subjectName)
  return der(0xa2, octets(crypto.createHash('sha1').update(keyBits).digest()))
}

function single(wish: OcspWish): Buffer {
  const { status = 'good', revokedAt = new Date(Date.now() - HOUR_MS), reason } = wish
  const statuses = {
    good: der(0x80),
    revoked: der(0xa1, time(revokedAt), ...(reason === undefined ? [] : [der(0xa0, der(0x0a, Buffer.from([reason])))])),
    unknown: der(0x82),
  }
  const { nextUpdate = new Date(Date.now() + 24 * HOUR_MS) } = wish
  const extension = sequence(oid('1.3.6.1.4.1.99999.1'), der(0x01, Buffer.from([0xff])), octets(Buffer.alloc(1)))
  return sequence(
    certId(wish),
    statuses[status],
    time(wish.thisUpdate ?? new Date(Date.now() - HOUR_MS)),
    ...(nextUpdate === null ? [] : [der(0xa0, time(nextUpdate))]),
    ...(wish.criticalExtension ? [der(0xa1, sequence(extension))] : []),
  )
}

function certId({ about, issuer, certIdHash = 'sha1', serial }: OcspWish): Buffer {
  const { subjectName, keyBits } = pointersOf(derOf(issuer))
  const digest = (bytes: Buffer) => octets(crypto.createHash(certIdHash).update(bytes).digest())
  const algorithm = sequence(oid(certIdHash === 'sha1' ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1'))
  const number = der(0x02, serial ?? Buffer.from(pointersOf(about.der).serial, 'hex'))
  return sequence(algorithm, digest(subjectName), digest(keyBits), number)
}

function pointersOf(certificate: Buffer) {
  const pointers = readRevocationPointers(certificate)
  if (pointers === undefined) throw new TypeError('a certificate of the test cannot be read')
  return pointers
}

function derOf({ certificate }: Signer): Buffer {
  return new crypto.X509Certificate(certificate).raw
}

/** A GeneralizedTime. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(0x18, Buffer.from(text))
}
