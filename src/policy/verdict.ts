/**
 * Weighs the findings of one handshake. The rules of this file: a finding that counts refuses unless something the
 * policy names lets it pass; what passes only because nothing is enforced is told apart from what is forgiven
 * (`wouldRefuse`); and the reasons given are those that were needed, never all that would have fitted.
 */
import type { Destination } from './destination.ts'
import { type ExceptionRecord, type FindingName, type Rule, trustFindings } from './policy.ts'

/** One fact about a handshake that a policy may mind. */
export interface Finding {
  readonly name: FindingName
  /** What was found, in words an operator can act on, without the finding's name. */
  readonly detail: string
  /** Told and never weighed: the policy wants to know it and does not mind (revocation in soft mode). */
  readonly isAside?: true
}

/** All findings of one handshake weighed by the policy. */
export interface Verdict {
  readonly outcome: 'trusted' | 'allowed' | 'refused'
  /** Everything found, blocking or not. */
  readonly findings: readonly Finding[]
  /** Those that could count, where some are only told: what every log line repeats. */
  readonly weighed?: readonly Finding[]
  /** Those that refuse now or, where the outcome is `allowed`, would have without what `because` names. */
  readonly blocking: readonly Finding[]
  /** What let the blocking findings pass: empty unless the outcome is `allowed`. */
  readonly because: readonly Forgiveness[]
  /** True when the outcome is `allowed` only because nothing is enforced (report mode, strict off). */
  readonly wouldRefuse: boolean
}

/** What can let a finding pass. */
export type Forgiveness = 'strict-off' | 'report' | 'allow-untrusted' | 'exception'

/** Everything a verdict depends on: equal inputs give equal verdicts, so a cached one is as good as a new one. */
export interface VerdictInput {
  readonly findings: readonly Finding[]
  readonly rule: Rule
  readonly exceptions: readonly ExceptionRecord[]
  readonly destination: Destination
  /** Hash of the backend's public key; undefined when it showed no certificate. */
  readonly spkiSha256: string | undefined
  readonly nowMs: number
}

/**
 * Reaches the verdict. The questions, in order:
 *   1. Which findings count? With `pins.mode: instead` the pin stands in for the certificate's chain, dates and name.
 *   2. None: trusted.
 *   3. What lets each of them pass? An exception, allow-and-log, strict off, report mode: the first that applies.
 *   4. One passes by nothing: refused, whatever the others pass by.
 *   5. All pass: allowed, because of these.
 */
export function reachVerdict(input: VerdictInput): Verdict {
  const { findings } = input
  const hasAsides = findings.some(({ isAside }) => isAside)
  return { ...weighAll(input), ...(hasAsides ? { weighed: mindedFindings(findings) } : {}) }
}

function weighAll(input: VerdictInput): Verdict {
  const { findings } = input
  const counting = countingFindings(input)
  if (counting.length === 0) return { outcome: 'trusted', findings, blocking: [], because: [], wouldRefuse: false }

  const refusing: Finding[] = []
  const because = new Set<Forgiveness>()
  let wouldRefuse = false
  for (const finding of counting) {
    const { passes, forgiven } = weigh(finding.name, input)
    if (passes === undefined) refusing.push(finding)
    else because.add(passes)
    if (!forgiven) wouldRefuse = true
  }
  if (refusing.length > 0) return { outcome: 'refused', findings, blocking: refusing, because: [], wouldRefuse: false }
  return { outcome: 'allowed', findings, blocking: counting, because: [...because], wouldRefuse }
}

/** Tells when a verdict ends by itself: at the first of these ends, or with an exception that let the backend pass. */
export function verdictEnd({ because }: Verdict, input: VerdictInput, otherEnds: readonly number[]): number {
  const { destination, exceptions, nowMs } = input
  const records = because.includes('exception') ? exceptions : []
  const own = records.filter(({ host, port }) => host === destination.host && port === destination.port)
  // What has ended already and passes all the same passes for another reason than its date.
  return Math.min(...[...otherEnds, ...own.map(({ untilMs }) => untilMs)].filter((end) => end > nowMs))
}

/** Finds the exceptions that were needed to let a handshake pass: for each finding the first that forgives it. */
export function exceptionsUsed(input: VerdictInput): readonly ExceptionRecord[] {
  const needed = countingFindings(input).filter(({ name }) => weigh(name, input).passes === 'exception')
  return [
    ...new Set(needed.flatMap(({ name }) => input.exceptions.find((each) => isForgiven(name, each, input)) ?? [])),
  ]
}

/** What is only told does not count; and with `pins.mode: instead` the pin stands in for the certificate's chain, dates and name. */
function countingFindings({ findings, rule }: VerdictInput): readonly Finding[] {
  const minded = mindedFindings(findings)
  return rule.pins?.mode === 'instead' ? minded.filter(({ name }) => isAboutHandshake(name)) : minded
}

function mindedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ isAside }) => isAside !== true)
}

interface Weighed {
  /** What lets the finding pass; undefined refuses. */
  readonly passes: Forgiveness | undefined
  /** Whether a strict and enforcing policy would let it pass as well. */
  readonly forgiven: boolean
}

function weigh(name: FindingName, input: VerdictInput): Weighed {
  const { rule } = input
  const forgiveness = forgivenessOf(name, input)
  const forgiven = forgiveness !== undefined
  // With strict off nobody looked at the certificate: that, and not a record that happens to fit, is the true reason.
  if (!rule.strict && !isAboutHandshake(name)) return { passes: 'strict-off', forgiven }
  if (forgiven) return { passes: forgiveness, forgiven }
  return { passes: rule.enforcement === 'report' ? 'report' : undefined, forgiven }
}

function forgivenessOf(name: FindingName, { rule, ...input }: VerdictInput): Forgiveness | undefined {
  if (input.exceptions.some((record) => isForgiven(name, record, input))) return 'exception'
  return rule.allowUntrusted && trustFindings.includes(name) ? 'allow-untrusted' : undefined
}

function isForgiven(name: FindingName, record: ExceptionRecord, input: Omit<VerdictInput, 'rule'>): boolean {
  const { destination, spkiSha256, nowMs } = input
  return (
    record.findings.includes(name) &&
    record.host === destination.host &&
    record.port === destination.port &&
    nowMs < record.untilMs &&
    (record.spkiSha256 === undefined || record.spkiSha256 === spkiSha256)
  )
}

/** Strict TLS is about the certificate; these are about the handshake and the operator's own pins, and always count. */
function isAboutHandshake(name: FindingName): boolean {
  return handshakeFindings.includes(name)
}

const handshakeFindings: readonly FindingName[] = [
  'protocol-refused',
  'cipher-refused',
  'group-refused',
  'pin-mismatch',
  'no-certificate',
]
