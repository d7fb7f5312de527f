/** Revocation lists written by hand, sound unless a wish says otherwise. */
import crypto from 'node:crypto'
import type { MadeCertificate } from '../../src/certificate/make-certificate.ts'
import { readRevocationPointers } from '../../src/certificate/read-revocation-pointers.ts'
import { der, octets, oid, sequence } from './der.ts'
import { time } from './make-ocsp-answer.ts'
import { distributionPoint } from './revocation-extensions.ts'

type Signer = Pick<MadeCertificate, 'certificate' | 'key'>

export interface CrlWish {
  readonly issuer: Signer
  readonly revoked?: readonly Pick<MadeCertificate, 'der'>[]
  /** Serial numbers beside them, as bytes. */
  readonly serials?: readonly Buffer[]
  readonly reason?: number
  readonly thisUpdate?: Date
  /** Null leaves it out. */
  readonly nextUpdate?: Date | null
  readonly signingKey?: string
  readonly hash?: 'sha1' | 'sha256'
  /** Makes it a delta list. */
  readonly delta?: boolean
  readonly scope?: 'users' | 'authorities' | 'indirect' | 'some-reasons'
  /** The URL it says it is distributed from. */
  readonly point?: string
  readonly criticalExtension?: boolean
  readonly criticalEntry?: boolean
}

const HOUR_MS = 3_600_000

/** Makes a list, DER. */
export function makeCrl(wish: CrlWish): Buffer {
  const { issuer, hash = 'sha256', revoked = [], serials = [] } = wish
  const { nextUpdate = new Date(Date.now() + 24 * HOUR_MS) } = wish
  const algorithm = sequence(oid(hash === 'sha1' ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'))
  const numbers = [...revoked.map((each) => Buffer.from(pointersOf(each.der).serial, 'hex')), ...serials]
  const entries = numbers.map((serial) => entry(serial, wish))
  const extensions = extensionsOf(wish)
  const tbs = sequence(
    der(0x02, Buffer.from([1])),
    algorithm,
    pointersOf(new crypto.X509Certificate(issuer.certificate).raw).subjectName,
    time(wish.thisUpdate ?? new Date(Date.now() - HOUR_MS)),
    ...(nextUpdate === null ? [] : [time(nextUpdate)]),
    ...(entries.length > 0 ? [sequence(Buffer.concat(entries))] : []),
    ...(extensions.length > 0 ? [der(0xa0, sequence(...extensions))] : []),
  )
  const signature = crypto.sign(hash, tbs, wish.signingKey ?? issuer.key)
  return sequence(tbs, algorithm, der(0x03, Buffer.from([0]), signature))
}

/** The same in PEM. */
export function pemOf(list: Buffer): string {
  const lines = list.toString('base64').replace(/.{1,64}/g, '$&\n')
  return `-----BEGIN X509 CRL-----\n${lines}-----END X509 CRL-----\n`
}

function entry(serial: Buffer, { reason, criticalEntry }: CrlWish): Buffer {
  const extensions = [
    ...(reason === undefined ? [] : [extension('2.5.29.21', der(0x0a, Buffer.from([reason])))]),
    ...(criticalEntry ? [extension('1.3.6.1.4.1.99999.2', octets(Buffer.alloc(1)), true)] : []),
  ]
  const rest = extensions.length > 0 ? [sequence(...extensions)] : []
  return sequence(der(0x02, serial), time(new Date('2026-03-04T05:06:07Z')), ...rest)
}

function extensionsOf({ delta, scope, point, criticalExtension }: CrlWish): Buffer[] {
  const flags = { users: 0x81, authorities: 0x82, indirect: 0x84, 'some-reasons': 0x83 }
  const yes = scope === 'some-reasons' ? Buffer.from([1, 0x40]) : Buffer.from([0xff])
  const parts = [...(point ? [distributionPoint(point)] : []), ...(scope ? [der(flags[scope], yes)] : [])]
  return [
    extension('2.5.29.20', der(0x02, Buffer.from([7]))),
    ...(delta ? [extension('2.5.29.27', der(0x02, Buffer.from([6])), true)] : []),
    ...(parts.length > 0 ? [extension('2.5.29.28', sequence(...parts), true)] : []),
    ...(criticalExtension ? [extension('1.3.6.1.4.1.99999.3', octets(Buffer.alloc(1)), true)] : []),
  ]
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), octets(value))
}

function pointersOf(certificate: Buffer) {
  const pointers = readRevocationPointers(certificate)
  if (pointers === undefined) throw new TypeError('a certificate of the test cannot be read')
  return pointers
}
