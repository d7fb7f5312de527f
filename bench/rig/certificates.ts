/** Throw-away certificates made by the openssl command: the backend's, and an impostor's that nobody may accept. */
import fs from 'node:fs'
import { mustRun } from './run-command.ts'

/** Paths of PEM files; `ca` is the anchor every contender must trust and check against. */
export interface Certificates {
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** Right name, issuer that is not in `ca`. */
  readonly impostorCertificate: string
  readonly impostorKey: string
}

/** The name every contender asks for and must find in the certificate. */
export const BACKEND_NAME = 'backend.localhost'

/** Makes an ECDSA P-256 authority and a backend certificate under it, and an impostor's pair beside them. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  fs.mkdirSync(folder, { recursive: true })
  const good = await issue({ folder, prefix: 'backend', authority: 'Bench Root' })
  const bad = await issue({ folder, prefix: 'impostor', authority: 'Bench Root' })
  return {
    ca: good.ca,
    certificate: good.certificate,
    key: good.key,
    impostorCertificate: bad.certificate,
    impostorKey: bad.key,
  }
}

async function issue({ folder, prefix, authority }: { folder: string; prefix: string; authority: string }) {
  const path = (name: string) => `${folder}/${prefix}-${name}.pem`
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const caExtensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
  await mustRun('openssl', [
    ...['req', '-x509', ...curve, '-days', '30', '-subj', `/CN=${authority}`, ...caExtensions],
    ...['-keyout', path('ca-key'), '-out', path('ca')],
  ])
  await mustRun('openssl', [
    ...['req', ...curve, '-subj', `/CN=${BACKEND_NAME}`, '-addext', `subjectAltName=DNS:${BACKEND_NAME}`],
    ...['-keyout', path('key'), '-out', path('request')],
  ])
  await mustRun('openssl', [
    ...['x509', '-req', '-in', path('request'), '-CA', path('ca'), '-CAkey', path('ca-key'), '-days', '30'],
    ...['-copy_extensions', 'copy', '-out', path('certificate')],
  ])
  return { ca: path('ca'), certificate: path('certificate'), key: path('key') }
}
