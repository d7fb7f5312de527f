/**
 * Whether a path was revoked, as one handshake shows it: what was stapled, what is known from lists and responders, and
 * where nothing is known yet and the rule is hard, what is found out while the handshake waits. Nothing is fetched for
 * a path that does not end in an anchor: a certificate that anybody may have made must not make us go anywhere.
 */
import type crypto from 'node:crypto'
import type { Rule } from '../../policy/policy.ts'
import type { RevocationAnswer } from '../../revocation/answer.ts'
import { checkOcsp } from '../../revocation/check-ocsp.ts'
import { judgeRevocation, type LookUp, type RevocationJudgement } from '../../revocation/judge-revocation.ts'
import { questionsAbout, type RevocationQuestion } from '../../revocation/question.ts'

/** Who knows about revocation beyond what a handshake shows. */
export interface RevocationKnowledge {
  readonly lookUp: LookUp
  /** Finds out what is not known; resolves when that is done or has taken too long, and never rejects. */
  ask(questions: readonly RevocationQuestion[], sources: Rule['revocation']['sources']): Promise<void>
  /** True for one who only looks: nobody waits but the one who asked, so that soft mode waits as well. */
  readonly isPatient?: boolean
  /** Called whenever something was learnt. */
  onChange(learnt: () => void): () => void
}

/** The same knowledge for one who only looks. */
export function patiently(knowledge: RevocationKnowledge): RevocationKnowledge {
  return {
    isPatient: true,
    lookUp: knowledge.lookUp,
    ask: (questions, sources) => knowledge.ask(questions, sources),
    onChange: (learnt) => knowledge.onChange(learnt),
  }
}

/** What a full handshake showed about revocation; carried by its session. */
export interface PathRevocation {
  readonly questions: readonly RevocationQuestion[]
  readonly staple: RevocationAnswer | undefined
  readonly isAnchored: boolean
}

/** Reads off a path what there is to ask; undefined where the rule does not ask. */
export function revocationOf(
  path: readonly crypto.X509Certificate[],
  shown: {
    readonly rule: Pick<Rule, 'revocation'>
    readonly staple: Buffer | undefined
    readonly isAnchored: boolean
    readonly nowMs: number
  },
): PathRevocation | undefined {
  const { rule, staple, isAnchored, nowMs } = shown
  if (rule.revocation.mode === 'off') return undefined
  return withStaple({ questions: questionsAbout(path), isAnchored }, staple, nowMs)
}

/** The same path with the answer that came with this handshake. */
export function withStaple(
  revocation: Omit<PathRevocation, 'staple'>,
  staple: Buffer | undefined,
  nowMs: number,
): PathRevocation {
  const [first] = revocation.questions
  return { ...revocation, staple: staple && first && checkOcsp(staple, first, nowMs) }
}

/** Tells whether to ask for a staple: only where it is looked at, since it costs the backend a lookup. */
export function wantsStaple({ revocation: { mode, sources } }: Rule): boolean {
  return mode !== 'off' && sources.includes('stapled')
}

interface Circumstances {
  readonly rule: Pick<Rule, 'revocation'>
  readonly knowledge: RevocationKnowledge | undefined
  readonly now: () => number
}

/** Judges at once from what is known. */
export function judgePath(
  revocation: PathRevocation | undefined,
  { rule, knowledge, now }: Circumstances,
): RevocationJudgement {
  if (revocation === undefined) return unasked
  const { questions, staple } = revocation
  const lookUp = knowledge?.lookUp ?? (() => [])
  return judgeRevocation({ questions, staple, rule: rule.revocation, lookUp, nowMs: now() })
}

/**
 * Judges, and where somebody may still have an answer, asks. Only hard mode waits and judges again: in soft mode what is
 * not known passes, and what it turns out to be ends the connections that rest on it.
 */
export async function findRevocation(
  revocation: PathRevocation | undefined,
  circumstances: Circumstances,
): Promise<RevocationJudgement> {
  const judgement = judgePath(revocation, circumstances)
  const { rule, knowledge } = circumstances
  const isSettled = judgement.open.length === 0 || judgement.findings.some(({ name }) => name === 'revoked')
  if (isSettled || knowledge === undefined || !revocation?.isAnchored) return judgement
  const asked = knowledge.ask(judgement.open, rule.revocation.sources)
  if (rule.revocation.mode === 'soft' && !knowledge.isPatient) return judgement
  await asked
  return judgePath(revocation, circumstances)
}

const unasked: RevocationJudgement = { findings: [], goodUntilMs: Number.POSITIVE_INFINITY, open: [] }
