/** Writes the question to an OCSP responder about one certificate (RFC 6960 §4.1), without a nonce: answers are cached. */
import crypto from 'node:crypto'
import type { RevocationPointers } from './read-revocation-pointers.ts'

/** DER of the AlgorithmIdentifier of SHA-1, which every responder knows and on which nothing rests here. */
const SHA1 = Buffer.from('300906052b0e03021a0500', 'hex')

/** Makes an OCSPRequest for a serial number (hex) of an issuer. */
export function makeOcspRequest(issuer: Pick<RevocationPointers, 'subjectName' | 'keyBits'>, serial: string): Buffer {
  const sha1 = (bytes: Buffer) => element(0x04, crypto.createHash('sha1').update(bytes).digest())
  const number = Buffer.from(serial, 'hex')
  // A first bit that is set would make it negative.
  const positive = (number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number
  const certId = sequence(SHA1, sha1(issuer.subjectName), sha1(issuer.keyBits), element(0x02, positive))
  return sequence(sequence(sequence(sequence(certId))))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts))
}

/** Everything in a request is shorter than 256 bytes. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x81, length]), content])
}
