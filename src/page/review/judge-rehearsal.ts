/** What a rehearsal means for the decision to apply: nothing that weakens, and nothing that is not known, looks harmless. */
import type { Rehearsal } from '../../admin/contract.ts'

export interface Judgement {
  /** Backends that callers reach today and would not reach. */
  readonly breaking: number
  /** Backends that are refused today and would be let through untrusted. */
  readonly letThrough: number
  /** Backends of which nobody can say what would become of them. */
  readonly untold: number
  readonly tone: 'good' | 'doubtful' | 'bad'
}

/** Judges what was rehearsed; without a rehearsal nothing is known to be wrong, and nothing to be good. */
export function judgeRehearsal(rehearsal: Rehearsal | null): Judgement {
  const counts: Partial<Rehearsal['counts']> = rehearsal?.counts ?? {}
  const breaking = counts.breaks ?? 0
  const letThrough = counts['newly-allowed'] ?? 0
  const untold = (counts.unreachable ?? 0) + (rehearsal?.notTried.length ?? 0)
  const isBad = breaking > 0 || letThrough > 0
  const isDoubtful = rehearsal === null || untold > 0 || (counts['no-longer-trusted'] ?? 0) > 0
  return { breaking, letThrough, untold, tone: isBad ? 'bad' : isDoubtful ? 'doubtful' : 'good' }
}
