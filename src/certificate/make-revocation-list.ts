/** Makes a throw-away revocation list, signed by a throw-away authority (P-256): for the demo, which has one to revoke. */
import crypto from 'node:crypto'
import * as pkijs from 'pkijs'
import type { MadeCertificate } from './certificate-wish.ts'
import { arrayBufferOf } from './make-names.ts'

export interface RevocationListWish {
  readonly issuer: MadeCertificate
  readonly revoked: readonly MadeCertificate[]
  readonly revokedAt: Date
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** Makes the list, DER. */
export async function makeRevocationList(wish: RevocationListWish): Promise<Buffer> {
  const list = new pkijs.CertificateRevocationList()
  list.version = 1
  list.issuer = parse(wish.issuer).subject
  list.thisUpdate = new pkijs.Time({ value: wish.thisUpdate })
  list.nextUpdate = new pkijs.Time({ value: wish.nextUpdate })
  list.revokedCertificates = wish.revoked.map((certificate) => {
    const revocationDate = new pkijs.Time({ value: wish.revokedAt })
    return new pkijs.RevokedCertificate({ userCertificate: parse(certificate).serialNumber, revocationDate })
  })
  const key = crypto.createPrivateKey(wish.issuer.key)
  const signing = key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  await list.sign(signing as CryptoKey, 'SHA-256')
  return Buffer.from(list.toSchema(true).toBER(false))
}

function parse({ der }: MadeCertificate): pkijs.Certificate {
  return pkijs.Certificate.fromBER(arrayBufferOf(der))
}
