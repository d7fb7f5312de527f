import { createHash, X509Certificate } from 'node:crypto'
import type { ImportContext } from './importer.ts'
import type { Assignment } from './read-lines.ts'

/**
 * Reads the certificates a document pins and gives the SHA-256 of their public keys; undefined, and told, where the
 * files are not at hand. Only files and folders of PEM are read: hashes and stores of other programs are not.
 */
export function readPins(
  { value: path, at }: Assignment,
  { read, tell }: ImportContext,
): readonly string[] | undefined {
  const pems = read(path).flatMap(({ text }) => text.match(certificates) ?? [])
  const pins = [...new Set(pems.flatMap((pem) => pinOf(pem) ?? []))]
  if (pins.length > 0) {
    tell(
      at,
      'changed',
      `the keys of its ${pins.length === 1 ? 'certificate' : `${pins.length} certificates`} are pinned`,
    )
    return pins
  }
  const remedy = 'import where it can be read, or write the pins by hand'
  tell(
    at,
    'changed',
    `${path} holds no certificate that can be read here: chain and name are verified instead; ${remedy}`,
  )
  return undefined
}

const certificates = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

function pinOf(pem: string): string | undefined {
  try {
    const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
    return createHash('sha256').update(key).digest('base64')
  } catch {
    // A block that is no certificate pins nothing; when none is left, the report says so.
    return undefined
  }
}
