/**
 * Signatures over OCSP answers and revocation lists. OpenSSL does the work; what is decided here is which algorithms
 * count. MD5 and SHA-1 do not: whoever can collide them could say of a revoked certificate that it is good.
 */
import crypto from 'node:crypto'
import { DER, derChildren, derEncodings, derParts, dottedOid } from './der.ts'

/** What is signed: TBSCertList or ResponseData as encoded, the algorithm, the signature. */
export interface Signed {
  readonly tbs: Buffer
  /** The content of the AlgorithmIdentifier. */
  readonly algorithm: Buffer
  readonly signature: Buffer
}

/** Reads the outer shape that certificates, lists and basic OCSP answers share; more parts may follow it. */
export function readSigned(content: Buffer): Signed {
  const [tbs, algorithm, signature] = derChildren(content)
  if (tbs?.tag !== DER.sequence || algorithm?.tag !== DER.sequence || signature?.tag !== DER.bitString) {
    throw new TypeError('not a signed structure')
  }
  return {
    tbs: derEncodings(content)[0] as Buffer,
    algorithm: algorithm.value,
    signature: bitsOf(signature.value),
  }
}

/** The bytes of a bit string that has no odd bits at its end. */
export function bitsOf(value: Buffer): Buffer {
  if (value.length === 0 || value[0] !== 0) throw new TypeError('not whole bytes')
  return value.subarray(1)
}

/** Says what is wrong with a signature, or nothing. */
export function faultOfSignature({ tbs, algorithm, signature }: Signed, key: crypto.KeyObject): string | undefined {
  try {
    const scheme = schemeOf(algorithm)
    if (typeof scheme === 'string') return scheme
    if (!scheme.keys.includes(key.asymmetricKeyType ?? '')) return 'is signed by an algorithm that its key is not for'
    return crypto.verify(scheme.hash, tbs, { key, ...scheme.options }, signature) ? undefined : FALSE_SIGNATURE
  } catch {
    return FALSE_SIGNATURE
  }
}

const FALSE_SIGNATURE = 'has a false signature'

interface Scheme {
  readonly hash: string | null
  readonly keys: readonly string[]
  readonly options?: { readonly padding: number; readonly saltLength: number }
}

const rsa = (hash: string): Scheme => ({ hash, keys: ['rsa'] })
const ecdsa = (hash: string): Scheme => ({ hash, keys: ['ec'] })

const schemes: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.11': rsa('sha256'),
  '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'),
  '1.2.840.10045.4.3.2': ecdsa('sha256'),
  '1.2.840.10045.4.3.3': ecdsa('sha384'),
  '1.2.840.10045.4.3.4': ecdsa('sha512'),
  '1.3.101.112': { hash: null, keys: ['ed25519'] },
  '1.3.101.113': { hash: null, keys: ['ed448'] },
}

const hashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const RSA_PSS = '1.2.840.113549.1.1.10'

function schemeOf(algorithm: Buffer): Scheme | string {
  const [id, parameters] = derChildren(algorithm)
  if (id?.tag !== DER.oid) throw new TypeError('not an algorithm')
  const oid = dottedOid(id.value)
  const scheme = oid === RSA_PSS ? pssScheme(parameters?.value) : schemes[oid]
  return scheme ?? `is signed by an algorithm that does not count (${oid})`
}

/** Without parameters it would be SHA-1 (RFC 4055 §3.1), which does not count. */
function pssScheme(parameters: Buffer | undefined): Scheme | undefined {
  const parts = parameters === undefined ? [] : derChildren(parameters)
  const hashPart = parts.find(({ tag }) => tag === DER.context0)
  const saltPart = parts.find(({ tag }) => tag === 0xa2)
  const hash = hashPart && hashes[dottedOid((derParts(hashPart.value)[0] as { value: Buffer }).value)]
  if (hash === undefined || saltPart === undefined) return undefined
  const [salt] = derChildren(saltPart.value)
  const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
  return { hash, keys: ['rsa', 'rsa-pss'], options: { padding, saltLength: salt?.value[0] ?? 0 } }
}
