/**
 * Whether a worker is near the end of its memory: pure, from readings. Between the two marks it stays what it was, or a
 * worker at the mark would refuse and take in turns, several times a second.
 */

/** How much of one limit is used. */
export interface MemoryReading {
  /** What is limited: the heap of this process, or everything in its container. */
  readonly of: 'heap' | 'container'
  readonly usedBytes: number
  readonly limitBytes: number
}

const SHORT_FROM = 0.9
/** Under this share of every limit there is enough again. */
export const ENOUGH_UNDER = 0.8

/** Tells whether memory is short, by the fullest of the limits. Without a limit nothing is ever short. */
export function judgeMemory(wasShort: boolean, readings: readonly MemoryReading[]): boolean {
  const shares = readings.map(usedShare)
  return shares.some((share) => share >= (wasShort ? ENOUGH_UNDER : SHORT_FROM))
}

/** The used part of a limit, from 0 to 1 and beyond. */
export function usedShare({ usedBytes, limitBytes }: MemoryReading): number {
  return usedBytes / limitBytes
}

/** Says it for a log line: `heap 93 % of 256 MiB, container 41 % of 1024 MiB`. */
export function describeMemory(readings: readonly MemoryReading[]): string {
  return readings.map((one) => `${one.of} ${percent(usedShare(one))} of ${mebibytes(one.limitBytes)}`).join(', ')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`
}

const MEBIBYTE = 1024 * 1024
