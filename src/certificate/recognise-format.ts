/** Tells key store and certificate formats apart by their first bytes; file names are not to be trusted. */

export type CertificateFormat = 'pem' | 'der' | 'pkcs7' | 'pkcs12' | 'jks' | 'jceks' | 'bks' | 'unknown'

const PKCS7_SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex')
const PKCS7_DATA = Buffer.from('06092a864886f70d010701', 'hex')
const VERSION_3 = Buffer.from('020103', 'hex')

/** Names the format of a file's bytes: `der` is one certificate, the other binary ones are containers. */
export function recogniseFormat(bytes: Buffer): CertificateFormat {
  if (bytes.length < 4) return 'unknown'
  const magic = bytes.readUInt32BE(0)
  if (magic === 0xfeedfeed) return 'jks'
  if (magic === 0xcececece) return 'jceks'
  if (magic === 1 || magic === 2) return 'bks'
  if (bytes[0] === 0x30) return recogniseSequence(bytes)
  return bytes.includes('-----BEGIN ') ? 'pem' : 'unknown'
}

function recogniseSequence(bytes: Buffer): CertificateFormat {
  const body = bytes.subarray(headerLength(bytes))
  if (startsWith(body, PKCS7_SIGNED_DATA)) return 'pkcs7'
  if (startsWith(body, VERSION_3)) {
    const inner = body.subarray(VERSION_3.length)
    if (startsWith(inner.subarray(headerLength(inner)), PKCS7_DATA)) return 'pkcs12'
    if (startsWith(inner.subarray(headerLength(inner)), PKCS7_SIGNED_DATA)) return 'pkcs12'
  }
  return 'der'
}

/** Length of a DER tag and its length field. */
function headerLength(bytes: Buffer): number {
  const first = bytes[1] ?? 0
  return first < 0x80 ? 2 : 2 + (first & 0x7f)
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix)
}
