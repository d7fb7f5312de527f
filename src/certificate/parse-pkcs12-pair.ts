/**
 * PKCS#12 as a key pair: one private key, its certificate and those above it. What a trust store must never hold is just
 * what is looked for here.
 */
import crypto from 'node:crypto'
import { badContainer } from './bad-container.ts'
import { assertShallow, type BerElement, childrenOf, expectTag, octetsOf, oidOf, parseOne, TAG } from './ber.ts'
import { openPkcs12, readCertificate } from './parse-pkcs12.ts'
import { readEncryption } from './pkcs12-algorithms.ts'
import type { Secret } from './pkcs12-secret.ts'

const BAG = '1.2.840.113549.1.12.10.1.'
const KEY_BAG = `${BAG}1`
const SHROUDED_KEY_BAG = `${BAG}2`
const CERTIFICATE_BAG = `${BAG}3`

export interface KeyPair {
  /** PEM, the leaf first. */
  readonly certificate: string
  /** PEM, PKCS#8, unencrypted. */
  readonly key: string
}

/** Reads the one key of a file with its certificates; throws OPERATOR_BAD_TRUST_STORE in words that fit any file. */
export function parsePkcs12Pair(bytes: Buffer, password: string | undefined): KeyPair {
  const { secret, contents } = openPkcs12(bytes, password)
  const keys: crypto.KeyObject[] = []
  const certificates: crypto.X509Certificate[] = []
  for (const content of contents) {
    assertShallow(content)
    for (const bag of childrenOf(parseOne(content))) {
      const [type, wrapped] = childrenOf(bag)
      const value = expectTag(wrapped, TAG.context0).content
      const oid = oidOf(type)
      if (oid === CERTIFICATE_BAG) certificates.push(new crypto.X509Certificate(readCertificate(parseOne(value))))
      if (oid === KEY_BAG) keys.push(keyOf(value))
      if (oid === SHROUDED_KEY_BAG) keys.push(keyOf(unshroud(parseOne(value), secret)))
    }
  }
  const [key, ...others] = keys
  if (key === undefined) throw badContainer('is PKCS#12 and holds no private key')
  if (others.length > 0) throw badContainer(`holds ${keys.length} private keys: keep the one that is meant`)
  const leaf = certificates.find((each) => each.checkPrivateKey(key))
  if (leaf === undefined) throw badContainer('holds no certificate of its private key')
  const chain = [leaf, ...certificates.filter((each) => each !== leaf)]
  return { certificate: chain.map(String).join(''), key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
}

function unshroud(value: BerElement, secret: Secret): Buffer {
  const [algorithm, encrypted] = childrenOf(value)
  const key = readEncryption(algorithm)(secret, octetsOf(encrypted))
  if (key === undefined) throw badContainer('has a private key that its password does not open')
  return key
}

/** The cause stays out of the message: it is about a secret. */
function keyOf(der: Buffer): crypto.KeyObject {
  try {
    return crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch (cause) {
    throw badContainer('has a private key that OpenSSL cannot read', cause)
  }
}
