/**
 * Whether a check takes another time for one kind of guess than for another, as dudect asks it: each probe is of a kind
 * that a coin chose, the slowest are cropped at several places, and Welch's t says how far the means are apart. Where time
 * tells nothing it stays small, also on a busy machine: the coin spreads whatever else happens over both kinds.
 */
import crypto from 'node:crypto'

/** Beyond this, by convention of dudect and TVLA, the two kinds are told apart. */
export const T_MAX = 4.5

export interface Probing {
  /** Makes a guess of one of two kinds; not timed. */
  guess(kind: 0 | 1): string
  /** What is timed. */
  check(guess: string): unknown
}

/** Probes so many times; gives the t that is furthest from 0. */
export function compareTimes({ guess, check }: Probing, probes: number): number {
  const kinds = Array.from(crypto.randomBytes(probes), (byte) => (byte & 1) as 0 | 1)
  const guesses = kinds.map(guess)
  for (const text of guesses.slice(0, WARM_UP)) check(text)
  const times = guesses.map((text) => {
    const startedMs = performance.now()
    check(text)
    return performance.now() - startedMs
  })
  const sorted = Float64Array.from(times).sort()
  const all = CROPS.map((share) => {
    const most = sorted[Math.ceil(share * probes) - 1] as number
    const of = (kind: 0 | 1) => times.filter((time, index) => kinds[index] === kind && time <= most)
    return welch(of(0), of(1))
  })
  return all.reduce((furthest, t) => (Math.abs(t) > Math.abs(furthest) ? t : furthest), 0)
}

/** Welch's t of two samples; 0 where there is nothing to compare. */
export function welch(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [moments(one), moments(other)]
  const spread = Math.sqrt(a.variance / one.length + b.variance / other.length)
  return spread > 0 ? (a.mean - b.mean) / spread : 0
}

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, variance }
}

const CROPS = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1]
const WARM_UP = 1000
