/** The sentence of an access line and its level: what a person reads first, whatever the format. */

import { errorCodes } from '../errors.ts'
import type { AccessRecord } from './access-record.ts'

/** Words the one sentence of a record; `safe` is applied to whatever others had a hand in. */
export function describeAccess(record: AccessRecord, safe: (text: string) => string = asItIs): string {
  if (record.message !== '') return safe(record.message)
  // A wrong name that was let pass is told with the sentence of the product people migrate from, for their searches.
  const mismatch = record.findings.find((finding) => finding.name === 'name-mismatch')
  if (mismatch !== undefined) return safe(mismatch.detail)
  const host = record.host.includes(':') ? `[${safe(record.host)}]` : safe(record.host)
  const what = record.kind === 'service' ? record.entrance : safe(record.method)
  return `${what} ${host}:${record.port} ${record.decision}`
}

function asItIs(text: string): string {
  return text
}

/** Decides the level of a record: that of its error, else a warning for everything but a plain allow. */
export function levelOfAccess(record: AccessRecord): 'info' | 'warn' | 'error' {
  if (record.error !== '') return errorCodes[record.error].level
  return record.decision === 'allow' && record.callerWarning === '' ? 'info' : 'warn'
}
