/** PKCS#12 files that ask for more work than anybody should do, and small honest ones to put them beside. */
import crypto from 'node:crypto'
import { der, integer, octets, oid, sequence } from './der.ts'

const DATA = '1.2.840.113549.1.7.1'
const SALT = Buffer.from('saltsalt')
const NULL = Buffer.from('0500', 'hex')

/** A file around these safes (each a ContentInfo), with a MAC if one is given. */
export function pfx(safes: readonly Buffer[], mac?: Buffer): Buffer {
  return sequence(integer(3), plain(sequence(...safes)), ...(mac ? [mac] : []))
}

/** An honest file of certificates, encrypted with this password, in one round so that it costs nothing. */
export function honestPkcs12(certificates: readonly Buffer[], password: string): Buffer {
  const bags = sequence(...certificates.map((each) => bag(3, certificateValue(each))))
  const key = crypto.pbkdf2Sync(password, SALT, 1, 32, 'sha1')
  const cipher = crypto.createCipheriv('aes-256-cbc', key, Buffer.alloc(16))
  return pfx([encrypted(pbes2(1), Buffer.concat([cipher.update(bags), cipher.final()]))])
}

/** A part that is not encrypted. */
export function plain(contents: Buffer): Buffer {
  return sequence(oid(DATA), der(0xa0, octets(contents)))
}

/** A part that claims to be encrypted by this algorithm. */
export function encrypted(algorithm: Buffer, bytes = Buffer.alloc(16)): Buffer {
  const content = sequence(oid(DATA), algorithm, der(0x80, bytes))
  return sequence(oid('1.2.840.113549.1.7.6'), der(0xa0, sequence(integer(0), content)))
}

/** The classic MAC with a false digest. */
export function mac(iterations: number): Buffer {
  const digest = sequence(sequence(oid('1.3.14.3.2.26'), NULL), octets(Buffer.alloc(20)))
  return sequence(digest, octets(SALT), integer(iterations))
}

/** PBMAC1 with a false digest. */
export function pbmac1({ iterations, keyBytes }: { iterations: number; keyBytes: number }): Buffer {
  const hmac = sequence(oid('1.2.840.113549.2.9'), NULL)
  const derivation = sequence(oid('1.2.840.113549.1.5.12'), pbkdf2(iterations, integer(keyBytes), hmac))
  const algorithm = sequence(oid('1.2.840.113549.1.5.14'), sequence(derivation, hmac))
  return sequence(sequence(algorithm, octets(Buffer.alloc(32))), octets(SALT), integer(1))
}

/** AES-256 behind PBKDF2. */
export function pbes2(iterations: number, { ivBytes = 16 } = {}): Buffer {
  const cipher = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(ivBytes)))
  const derivation = sequence(oid('1.2.840.113549.1.5.12'), pbkdf2(iterations))
  return sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, cipher))
}

/** One of RFC 7292's own, by its last arc: 6 is RC2 with 40 bits. */
export function legacyPbe(arc: number, iterations: number): Buffer {
  return sequence(oid(`1.2.840.113549.1.12.1.${arc}`), sequence(octets(SALT), integer(iterations)))
}

/** A bag by its last arc: 2 is an encrypted key, 3 a certificate, 6 a bag of bags. */
export function bag(arc: number, value: Buffer): Buffer {
  return sequence(oid(`1.2.840.113549.1.12.10.1.${arc}`), der(0xa0, value))
}

/** The value of a certificate bag. */
export function certificateValue(certificate: Buffer, type = '1.2.840.113549.1.9.22.1'): Buffer {
  return sequence(oid(type), der(0xa0, octets(certificate)))
}

/** The value of an encrypted key. */
export function shroudedKey(iterations: number): Buffer {
  return sequence(pbes2(iterations), octets(Buffer.alloc(16)))
}

function pbkdf2(iterations: number, ...rest: readonly Buffer[]): Buffer {
  return sequence(octets(SALT), integer(iterations), ...rest)
}
