/** Every check there is, and the one place that makes them. */
import { type CertificateFacts, readCertificate } from '../../certificate/read-certificate.ts'
import { readExtensions } from '../../certificate/read-extensions.ts'
import type { Grade } from '../../policy/policy.ts'
import type { Finding } from '../../policy/verdict.ts'
import type { ChainWalk } from '../judge/walk-chain.ts'
import type { Check, JudgedPath, Step } from './check.ts'
import { constraintChecks } from './constraint-checks.ts'
import { dateChecks } from './date-checks.ts'
import { formChecks } from './form-checks.ts'
import { limitChecks } from './limit-checks.ts'
import { nameChecks } from './name-checks.ts'
import { purposeChecks } from './purpose-checks.ts'
import { strengthChecks } from './strength-checks.ts'

/** In the order in which findings are told. */
export const checks: readonly Check[] = [
  ...dateChecks,
  ...nameChecks,
  ...purposeChecks,
  ...constraintChecks,
  ...strengthChecks,
  ...formChecks,
  ...limitChecks,
]

const checksOf: Readonly<Record<Grade, readonly Check[]>> = {
  webpki: checks.filter(({ grade }) => grade === 'webpki'),
  rfc5280: checks,
}

/** Makes the checks of a grade; a finding for each that fails. */
export function runChecks(path: JudgedPath, grade: Grade): Finding[] {
  return runEach(checksOf[grade], path)
}

/** Makes these checks. */
export function runEach(some: readonly Check[], path: JudgedPath): Finding[] {
  return some.flatMap(({ name, finding, find }) => {
    try {
      return find(path).map((detail) => ({ name: finding, detail }))
    } catch (thrown) {
      // Bytes that OpenSSL took and a check cannot follow: what has not been looked at is not taken for good.
      return [{ name: 'wrong-purpose', detail: `the chain cannot be read (${name}: ${(thrown as Error).message})` }]
    }
  })
}

/** Reads every certificate of a path. */
export function readSteps({ path, end }: ChainWalk): Step[] {
  return path.map((certificate, index): Step => {
    const facts = readCertificate(certificate.raw)
    const isLast = index === path.length - 1
    return {
      certificate,
      facts: facts ?? unknownFacts,
      isReadable: facts !== undefined,
      isLeaf: index === 0,
      isAnchor: end === 'anchor' && isLast,
      isSelfIssued: certificate.subject === certificate.issuer,
      isEnd: isLast && end !== 'issuer-missing',
    }
  })
}

const unknownFacts: CertificateFacts = {
  version: 3,
  serial: Buffer.from([1]),
  pssHash: undefined,
  issuer: [],
  subject: [],
  extensions: readExtensions(undefined),
}
