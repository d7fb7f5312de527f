/** The sentence of an access line and its level: what a person reads first, whatever the format. */

import { errorCodes } from '../errors.ts'
import type { AccessRecord } from './access-record.ts'

/** Words the one sentence of a record. */
export function describeAccess(record: AccessRecord): string {
  if (record.message !== '') return record.message
  // A wrong name that was let pass is told with the sentence of the product people migrate from, for their searches.
  const mismatch = record.findings.find((finding) => finding.name === 'name-mismatch')
  if (mismatch !== undefined) return mismatch.detail
  const host = record.host.includes(':') ? `[${record.host}]` : record.host
  return `${record.method} ${host}:${record.port} ${record.decision}`
}

/** Decides the level of a record: that of its error, else a warning for everything but a plain allow. */
export function levelOfAccess(record: AccessRecord): 'info' | 'warn' | 'error' {
  if (record.error !== '') return errorCodes[record.error].level
  return record.decision === 'allow' ? 'info' : 'warn'
}
