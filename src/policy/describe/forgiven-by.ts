/** What a policy lets pass for one destination, by what and how long, as records with a sentence each. */
import { lastDayOf } from '../over.ts'
import { type ExceptionRecord, type FindingName, type Rule, trustFindings } from '../policy.ts'
import type { Forgiveness } from '../verdict.ts'

/** What would be let pass, by what, and how long. */
export interface Forgiven {
  readonly by: Forgiveness
  /** `all` where nothing of its kind refuses. */
  readonly findings: readonly FindingName[] | 'all'
  /** The last day of an exception, in UTC. */
  readonly until?: string
  /** The public key an exception is bound to. */
  readonly spkiSha256?: string
  readonly sentence: string
}

/** Lists what a rule and the exceptions that hold let pass: single findings first, then whole kinds. */
export function forgivenBy(rule: Rule, records: readonly ExceptionRecord[]): Forgiven[] {
  const forgiven: Forgiven[] = records.map(describeException)
  if (rule.allowUntrusted) {
    const sentence = `Allowed and logged: ${trustFindings.join(', ')}.`
    forgiven.push({ by: 'allow-untrusted', findings: trustFindings, sentence })
  }
  if (!rule.strict) {
    const what = rule.pins === null ? 'Nothing about the certificate' : 'Nothing about the certificate but its key'
    const sentence = `${what} refuses it: it is looked at and logged (strict TLS is off).`
    forgiven.push({ by: 'strict-off', findings: 'all', sentence })
  }
  if (rule.enforcement === 'report') {
    const sentence = 'Nothing that is found refuses it: it is looked at and logged (report mode).'
    forgiven.push({ by: 'report', findings: 'all', sentence })
  }
  return forgiven
}

function describeException(record: ExceptionRecord): Forgiven {
  const { findings, spkiSha256, owner, reason } = record
  const until = lastDayOf(record)
  const key = spkiSha256 === undefined ? {} : { spkiSha256 }
  const bound = spkiSha256 === undefined ? '' : ` for the key ${spkiSha256}`
  const sentence = `Until ${until}${bound}, ${findings.join(', ')} is forgiven: ${reason} (${owner}).`
  return { by: 'exception', findings, until, ...key, sentence }
}

/** Describes an exception that forgave once and no longer does. */
export function describeOver(record: ExceptionRecord): Omit<Forgiven, 'by'> {
  const { findings, owner } = record
  const until = lastDayOf(record)
  const sentence = `The exception for ${findings.join(', ')} ended on ${until} and forgives nothing (${owner}).`
  return { findings, until, sentence }
}
