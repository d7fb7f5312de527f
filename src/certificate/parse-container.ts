import crypto from 'node:crypto'
import { badContainer } from './bad-container.ts'
import { parseJavaKeyStore } from './parse-java-key-store.ts'
import { parsePkcs7 } from './parse-pkcs7.ts'
import { parsePkcs12 } from './parse-pkcs12.ts'

/** The formats that hold certificates among other things, and have to be opened. */
export const containerFormats = ['pkcs7', 'pkcs12', 'jks', 'jceks'] as const

export type ContainerFormat = (typeof containerFormats)[number]

export interface Container {
  /** `der` is the one certificate of a stranger. */
  readonly format: ContainerFormat | 'der'
  readonly bytes: Buffer
  /** Undefined when none was given: then no password and Java's usual one are tried. */
  readonly password: string | undefined
}

/** Reads the certificates of a container, as DER; throws OPERATOR_BAD_TRUST_STORE. May take seconds: see truststore/. */
export function parseContainer({ format, bytes, password }: Container): Buffer[] {
  if (format === 'der') return [readOne(bytes)]
  if (format === 'pkcs7') return parsePkcs7(bytes)
  return format === 'pkcs12' ? parsePkcs12(bytes, password) : parseJavaKeyStore(bytes, password)
}

function readOne(bytes: Buffer): Buffer {
  let raw: Buffer
  try {
    raw = new crypto.X509Certificate(bytes).raw
  } catch {
    throw badContainer('is not a certificate that OpenSSL can read')
  }
  if (raw.length !== bytes.length) throw badContainer('holds more than one certificate, and is not PKCS#7')
  return raw
}
