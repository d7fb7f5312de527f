import type { CertificateRecord } from '../certificate/describe-certificate.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 30
const RSA_BITS_MIN = 2048
const EC_BITS_MIN = 224

/** Says what an operator should know before trusting a certificate; nothing here forbids it. */
export function anchorWarnings(certificate: CertificateRecord, nowMs: number): string[] {
  const { notBeforeMs, notAfterMs, ca, key, signatureAlgorithm } = certificate
  const daysLeft = Math.floor((notAfterMs - nowMs) / DAY_MS)
  const warnings: string[] = []
  if (notAfterMs < nowMs) warnings.push(`expired on ${dayOf(notAfterMs)}`)
  else if (daysLeft < SOON_DAYS) warnings.push(`expires in ${daysLeft} days`)
  if (notBeforeMs > nowMs) warnings.push(`not valid before ${dayOf(notBeforeMs)}`)
  if (!ca) warnings.push('not a CA: it vouches for nobody but itself')
  if (isWeak(key)) warnings.push(`weak key: ${describeKey(key)}`)
  if (/md[245]|sha1|sha-1/i.test(signatureAlgorithm)) warnings.push(`weak signature: ${signatureAlgorithm}`)
  return warnings
}

/** Words a key, such as `rsa 2048`. */
export function describeKey({ type, bits }: CertificateRecord['key']): string {
  return bits === 0 ? type : `${type} ${bits}`
}

/** Gives the day of a moment, in UTC. */
export function dayOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < MOMENT_MAX ? new Date(ms).toISOString().slice(0, 10) : 'no readable day'
}

const MOMENT_MAX = 8.64e15

function isWeak({ type, bits }: CertificateRecord['key']): boolean {
  if (type.startsWith('rsa')) return bits < RSA_BITS_MIN
  if (type === 'ec') return bits < EC_BITS_MIN
  return type === 'dsa' || type === 'unknown'
}
