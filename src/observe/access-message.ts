/** The sentence of an access line and its level: what a person reads first, whatever the format. */

import { errorCodes } from '../errors.ts'
import type { AccessRecord } from './access-record.ts'

/** Words the one sentence of a record. */
export function describeAccess(record: AccessRecord): string {
  // The sentence of the product people migrate from, kept to the letter for the searches they have.
  if (record.issuedTo !== '') return `server name mismatch, certificate issued to: [${record.issuedTo}]`
  if (record.message !== '') return record.message
  const host = record.host.includes(':') ? `[${record.host}]` : record.host
  return `${record.method} ${host}:${record.port} ${record.decision}`
}

/** Decides the level of a record: that of its error, else a warning for everything but a plain allow. */
export function levelOfAccess(record: AccessRecord): 'info' | 'warn' | 'error' {
  if (record.error !== '') return errorCodes[record.error].level
  return record.decision === 'allow' ? 'info' : 'warn'
}
