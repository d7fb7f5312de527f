/**
 * The findings about revocation of one path: every certificate of it but the anchor, each by the sources that the rule
 * names, in the order named. The rules of this file: revoked by any source is revoked; good by one source is good; what
 * nobody can say refuses in hard mode and is only told in soft mode; but a certificate that demands a stapled answer
 * (Must-Staple) and comes without one is not let through in soft mode either (RFC 7633 §4.3.3).
 */
import type { RevocationRule, RevocationSource } from '../policy/policy.ts'
import type { Finding } from '../policy/verdict.ts'
import { describeRevoked, type RevocationAnswer } from './answer.ts'
import type { RevocationQuestion } from './question.ts'

/** What is known of a certificate from lists and responders, by a source that is not the handshake. */
export interface Known {
  readonly answer: RevocationAnswer
  /** What is said of it: "the list http://…", "the responder http://…". */
  readonly from: string
}

/** Looks up what is known from one source, without waiting for anybody. */
export type LookUp = (question: RevocationQuestion, source: 'crl' | 'ocsp', nowMs: number) => readonly Known[]

export interface Judged {
  readonly questions: readonly RevocationQuestion[]
  /** About the first question; undefined when nothing was stapled. */
  readonly staple: RevocationAnswer | undefined
  readonly rule: RevocationRule
  readonly lookUp: LookUp
  readonly nowMs: number
}

export interface RevocationJudgement {
  readonly findings: readonly Finding[]
  /** When the first answer that was relied on ends; infinite when there was none. */
  readonly goodUntilMs: number
  /** Those that nobody had an answer to. */
  readonly open: readonly RevocationQuestion[]
}

/** Judges a path. */
export function judgeRevocation(judged: Judged): RevocationJudgement {
  const { questions, rule } = judged
  if (rule.mode === 'off') return { findings: [], goodUntilMs: Number.POSITIVE_INFINITY, open: [] }
  const each = questions.map((question, index) => judgeOne(question, index === 0, judged))
  const revoked = each.flatMap(({ state, detail }) => (state === 'revoked' ? [detail] : []))
  const unknown = each.flatMap(({ state, detail }) => (state === 'unknown' ? [detail] : []))
  const minded = rule.mode === 'hard' || each.some(({ isDemanded }) => isDemanded)
  const findings: Finding[] = []
  if (revoked.length > 0) findings.push({ name: 'revoked', detail: revoked.join('; ') })
  if (unknown.length > 0) {
    const detail = unknown.join('; ')
    findings.push({ name: 'revocation-unknown', detail, ...(minded ? {} : { isAside: true as const }) })
  }
  return {
    findings,
    goodUntilMs: Math.min(...each.map(({ goodUntilMs }) => goodUntilMs)),
    open: questions.filter((_, index) => each[index]?.state === 'unknown'),
  }
}

interface OneJudged {
  readonly state: 'good' | 'revoked' | 'unknown'
  readonly detail: string
  readonly goodUntilMs: number
  /** True when the certificate itself demands the answer that is missing. */
  readonly isDemanded: boolean
}

function judgeOne(question: RevocationQuestion, isLeaf: boolean, { staple, rule, lookUp, nowMs }: Judged): OneJudged {
  const whose = `the certificate of ${question.subject}`
  const known = rule.sources.flatMap((source): readonly Known[] => {
    if (source !== 'stapled') return lookUp(question, source, nowMs)
    return isLeaf && staple !== undefined ? [{ answer: staple, from: 'the stapled OCSP answer' }] : []
  })
  const nothing = { goodUntilMs: Number.POSITIVE_INFINITY, isDemanded: false }
  for (const { answer, from } of known) {
    if (answer.state === 'revoked') {
      return { ...nothing, state: 'revoked', detail: `${whose} ${describeRevoked(answer)}, says ${from}` }
    }
  }
  const demand = isLeaf && question.mustStaple && rule.sources.includes('stapled') && staple?.state !== 'good'
  if (demand) {
    const why = staple?.state === 'unknown' ? `the stapled OCSP answer ${staple.detail}` : 'the backend sent none'
    const detail = `${whose} demands a stapled OCSP answer (Must-Staple), and ${why}`
    return { ...nothing, state: 'unknown', detail, isDemanded: true }
  }
  const good = known.flatMap(({ answer }) => (answer.state === 'good' ? [answer.nextUpdateMs] : []))
  if (good.length > 0) return { ...nothing, state: 'good', detail: '', goodUntilMs: Math.max(...good) }
  // Nothing but a stapled answer is looked at, and no backend can staple for an intermediate: nobody is asked.
  if (!isLeaf && rule.sources.every((source) => source === 'stapled')) return { ...nothing, state: 'good', detail: '' }
  return { ...nothing, state: 'unknown', detail: `${whose}: ${whyUnknown({ question, isLeaf, staple, rule, known })}` }
}

function whyUnknown(told: {
  question: RevocationQuestion
  isLeaf: boolean
  staple: RevocationAnswer | undefined
  rule: RevocationRule
  known: readonly Known[]
}): string {
  const { question, isLeaf, staple, rule, known } = told
  const asks = (source: RevocationSource) => rule.sources.includes(source)
  const reasons = known.flatMap(({ answer, from }) => (answer.state === 'unknown' ? [`${from} ${answer.detail}`] : []))
  if (asks('stapled') && isLeaf && staple === undefined) reasons.push('no OCSP answer was stapled')
  const from = (prefix: string) => known.some((each) => each.from.startsWith(prefix))
  if (asks('crl') && !from('the list')) {
    if (question.crlUrls.length > 0) reasons.push(`the list ${question.crlUrls[0]} is not there yet`)
    else if (question.hasPartialPoints) reasons.push('its lists come from another issuer or cover only some reasons')
    else reasons.push('it names no list, and none of its issuer is in the folder of lists')
  }
  if (asks('ocsp') && !from('the responder')) {
    const [url] = question.ocspUrls
    reasons.push(url === undefined ? 'it names no OCSP responder' : `the responder ${url} has not answered yet`)
  }
  return reasons.join(', ')
}
