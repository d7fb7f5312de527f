/**
 * A check is one thing that a certificate on the path must hold, as data with a pure function: the table of
 * docs/certificate-checks.md is made of it. `webpki` checks are always made, `rfc5280` ones only where a rule asks
 * for that grade.
 */
import type crypto from 'node:crypto'
import { describeName } from '../../certificate/describe-certificate.ts'
import type { CertificateFacts } from '../../certificate/read-certificate.ts'
import type { FindingName, Grade } from '../../policy/policy.ts'

export interface Check {
  /** Stable, for documents and tests. */
  readonly name: string
  readonly finding: FindingName
  readonly grade: Grade
  /** Where it is demanded: a section, a baseline requirement, what went wrong elsewhere. */
  readonly source: string
  /** What must hold, in one sentence. */
  readonly holds: string
  /** What does not hold, in sentences; empty when all is well. */
  readonly find: (path: JudgedPath) => readonly string[]
}

/** The path from a backend's certificate upwards, and what to hold it against. */
export interface JudgedPath {
  /** The backend's own certificate first. */
  readonly steps: readonly Step[]
  /** Certificates sent, on the path or not. */
  readonly presented: number
  /** The host name or address the certificate must carry. */
  readonly host: string
  readonly nowMs: number
  /** Of the rule: 2 unless its `legacy` entry says less. */
  readonly securityLevel: number
}

/** One certificate of the path. */
export interface Step {
  readonly certificate: crypto.X509Certificate
  /** Empty where they cannot be read. */
  readonly facts: CertificateFacts
  readonly isReadable: boolean
  /** True for the backend's own. */
  readonly isLeaf: boolean
  /** True where the operator's word makes the end of the path. */
  readonly isAnchor: boolean
  /** Subject and issuer are the same: a root, or an authority that changes its key. */
  readonly isSelfIssued: boolean
  /** True where the path ends in a signature by the certificate's own key, or by nobody we need to ask. */
  readonly isEnd: boolean
}

/** Asks one question of every certificate of the path; the answer is put behind the certificate's name. */
export function onEach(question: (step: Step, index: number, path: JudgedPath) => string | false | undefined) {
  return (path: JudgedPath): string[] =>
    path.steps.flatMap((step, index) => {
      const wrong = question(step, index, path)
      return wrong ? [`${whose(step)} ${wrong}`] : []
    })
}

/** Asks the question of the backend's own certificate alone. */
export function onLeaf(question: (step: Step, path: JudgedPath) => string | false | undefined) {
  return onEach((step, _, path) => step.isLeaf && question(step, path))
}

/** Asks the question of those that signed the others. */
export function onIssuers(question: (step: Step, index: number, path: JudgedPath) => string | false | undefined) {
  return onEach((step, index, path) => !step.isLeaf && question(step, index, path))
}

/** Names a certificate in a sentence. */
export function whose({ certificate }: Step): string {
  return `the certificate of ${describeName(certificate.subject)}`
}
