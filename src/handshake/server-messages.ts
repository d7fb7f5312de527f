/** What a server of TLS 1.2 and before shows in the clear behind its hello. */
import { FieldReader } from './field-reader.ts'
import { refuse } from './syntax-error.ts'

const NAMED_CURVE = 3
/** More is no chain that anybody checks; ours are limited too. */
const CERTIFICATES_MAX = 64

/** Reads the body of a Certificate message (RFC 5246 §7.4.2): DER, the server's own first; throws HandshakeSyntaxError. */
export function readCertificates(body: Buffer): Buffer[] {
  const fields = new FieldReader(body)
  const list = fields.nested(3)
  fields.end()
  const found: Buffer[] = []
  while (!list.isDone) {
    const certificate = list.vector(3)
    if (certificate.length === 0 || found.length === CERTIFICATES_MAX) refuse('bad-value')
    found.push(certificate)
  }
  return found
}

/** Reads the size in bits of the prime in a ServerKeyExchange for DHE (RFC 5246 §7.4.3). */
export function readPrimeBits(body: Buffer): number {
  const prime = new FieldReader(body).vector(2)
  const first = prime.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (prime.length - first) * 8 - Math.clz32(prime[first] as number) + 24
}

/** Reads the group of a ServerKeyExchange for ECDHE (RFC 8422 §5.4); undefined for a curve without a number. */
export function readCurve(body: Buffer): number | undefined {
  const fields = new FieldReader(body)
  return fields.number(1) === NAMED_CURVE ? fields.number(2) : undefined
}
