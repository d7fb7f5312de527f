import crypto from 'node:crypto'
import type { ExceptionRecord } from './policy.ts'

/**
 * Names an exception in metrics, records and lists by what it forgives, and to whom. Its end, owner and reason are not in
 * it: one that is renewed goes on counting. A hash, because labels of metrics never hold a host name.
 */
export function exceptionIdOf({ host, port, findings, spkiSha256 = '' }: ExceptionRecord): string {
  const what = JSON.stringify([host, port, findings.toSorted(), spkiSha256])
  return crypto.hash('sha256', what, 'hex').slice(0, 12)
}
