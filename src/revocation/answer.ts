/** Answers about one certificate, whatever source they come from, and the words for them. */

/** What one source says, or why it says nothing. */
export type RevocationAnswer = GoodAnswer | RevokedAnswer | NoAnswer

export interface GoodAnswer {
  readonly state: 'good'
  /** When newer information is to be had. */
  readonly nextUpdateMs: number
}

export interface RevokedAnswer {
  readonly state: 'revoked'
  readonly revokedAtMs: number
  /** By RFC 5280's number. */
  readonly reason: number | undefined
}

export interface NoAnswer {
  readonly state: 'unknown'
  /** What continues the sentence "the stapled answer …", "the list … …". */
  readonly detail: string
}

/** Clocks of authorities and ours may differ by this much before an answer counts as one from the future. */
export const CLOCK_SKEW_MS = 300_000

/** Says why an answer does not count at this moment, or nothing. */
export function faultOfDates(
  { thisUpdateMs, nextUpdateMs }: { readonly thisUpdateMs: number; readonly nextUpdateMs: number | undefined },
  nowMs: number,
): string | undefined {
  if (thisUpdateMs > nowMs + CLOCK_SKEW_MS) return `is not valid before ${describeTime(thisUpdateMs)}`
  if (nextUpdateMs === undefined) return 'does not say when it ends (nextUpdate)'
  return nextUpdateMs <= nowMs ? `has expired on ${describeTime(nextUpdateMs)}` : undefined
}

/** Words a revocation: when, and why if that is told. */
export function describeRevoked({ revokedAtMs, reason }: Omit<RevokedAnswer, 'state'>): string {
  const why = reason === undefined ? undefined : reasons[reason]
  return `was revoked on ${describeTime(revokedAtMs)}${why === undefined ? '' : ` (${why})`}`
}

/** Writes a moment as messages do. */
export function describeTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** RFC 5280 §5.3.1. */
const reasons: Readonly<Record<number, string>> = {
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
}
