/** The MAC over a PKCS#12 file: the classic one of RFC 7292 and PBMAC1 of RFC 9579. */
import crypto from 'node:crypto'
import { badContainer } from './bad-container.ts'
import { type BerElement, childrenOf, countOf, octetsOf, oidOf } from './ber.ts'
import { readHmac, readPbkdf2 } from './pkcs12-algorithms.ts'
import { assertIterations, derivePkcs12, PURPOSE, type Secret } from './pkcs12-secret.ts'

const PBMAC1 = '1.2.840.113549.1.5.14'
/** RFC 9579 asks for 20 at least; nobody needs more than a hash is long. */
const PBMAC1_KEY_BYTES = { min: 20, max: 64 }

const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Tells whether the file was made by somebody who knows this secret. */
export type MacCheck = (secret: Secret, bytes: Buffer) => boolean

/** Reads the MAC of a file; its iteration count is judged here, before any key is derived. */
export function readMac(element: BerElement): MacCheck {
  const [digestInfo, saltPart, countPart] = childrenOf(element)
  const [algorithm, digestPart] = childrenOf(digestInfo)
  const digest = octetsOf(digestPart)
  const [type, parameters] = childrenOf(algorithm)
  const oid = oidOf(type)
  if (oid === PBMAC1) return readPbmac1(parameters, digest)
  const hash = hashes[oid]
  if (hash === undefined) throw badContainer(`is sealed with a hash that is not known here (${oid})`)
  const salt = octetsOf(saltPart)
  const iterations = countPart === undefined ? 1 : assertIterations(countOf(countPart))
  const length = crypto.hash(hash, '', 'buffer').length
  return (secret, bytes) => {
    const key = derivePkcs12(secret, { purpose: PURPOSE.mac, hash, salt, iterations, length })
    return crypto.createHmac(hash, key).update(bytes).digest().equals(digest)
  }
}

function readPbmac1(parameters: BerElement | undefined, digest: Buffer): MacCheck {
  const [derivation, scheme] = childrenOf(parameters)
  const derive = readPbkdf2(derivation)
  const hash = readHmac(scheme)
  const length = keyLengthOf(derivation)
  return (secret, bytes) => crypto.createHmac(hash, derive(secret, length)).update(bytes).digest().equals(digest)
}

/** PBMAC1 demands what PBKDF2 otherwise leaves open: the length of the key, after salt and count. */
function keyLengthOf(derivation: BerElement | undefined): number {
  const [, parameters] = childrenOf(derivation)
  const length = countOf(childrenOf(parameters)[2])
  if (length >= PBMAC1_KEY_BYTES.min && length <= PBMAC1_KEY_BYTES.max) return length
  throw badContainer(`is damaged: a MAC key of ${length} bytes`)
}
