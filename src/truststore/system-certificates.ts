/**
 * What the machine itself trusts. On Linux the bundle is read from where distributions keep it, because Node's own
 * reader obeys SSL_CERT_FILE and SSL_CERT_DIR, and a variable of the environment must not decide whom we trust.
 */
import type crypto from 'node:crypto'
import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import { SidecarError } from '../errors.ts'
import { parseBundle } from './parse-bundle.ts'

/** Debian, Fedora and RHEL, openSUSE, older Fedora, Alpine and the BSDs: the first that exists counts. */
export const linuxBundles: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

/** Reads the trust store of the operating system. */
export async function systemCertificates(bundles = linuxBundles): Promise<crypto.X509Certificate[]> {
  if (process.platform !== 'linux') return parseBundle(tls.getCACertificates('system').join('\n'))
  for (const path of bundles) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return parseBundle(text)
  }
  throw new SidecarError(
    'OPERATOR_BAD_TRUST_STORE',
    `trust store system: none of ${bundles.join(', ')} exists: install ca-certificates, or use defaultTrustStore: bundled`,
    { details: { store: 'system' } },
  )
}
