/** Weighs a restart run: what failed, what each change took to come into force, and what callers felt of it. */
import { quantile } from '../rig/statistics.ts'
import type { VersionedRequest } from './access-log.ts'

/** One policy change, in the machine's monotonic milliseconds. */
export interface Change {
  readonly version: number
  readonly startMs: number
  readonly endMs: number
}

export interface ChangeFigures extends Change {
  /** From the start of the command to the last request that was sent and still ran under an older version. */
  readonly inForceMs: number
  readonly commandMs: number
}

export interface Judgement {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly failed: number
  readonly failures: readonly string[]
  /** Requests whose version the log does not tell. */
  readonly unaccounted: number
  readonly changes: readonly ChangeFigures[]
  /** Requests sent over a second after a command had begun that ran under an older version than that command's. */
  readonly stale: number
  /** Requests sent after a command had returned that ran under an older version than that command's. */
  readonly afterReturn: number
  /** Requests that ran under an older version than an earlier request of the same connection. */
  readonly backwards: number
  readonly latency: { readonly before: Latency; readonly during: Latency }
}

export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const IN_FORCE_WITHIN_MS = 1_000
const FAILURES_SHOWN = 10

/** Judges requests in the order they were sent; `beforeMs` and `duringMs` are where the two windows begin. */
export function judge(
  requests: readonly VersionedRequest[],
  changes: readonly Change[],
  window: { readonly beforeMs: number; readonly duringMs: number; readonly endMs: number },
): Judgement {
  const failed = requests.filter(({ failure }) => failure !== '')
  const between = (from: number, to: number) => requests.filter(({ sentMs }) => sentMs >= from && sentMs < to)
  const during = between(window.duringMs, window.endMs)
  return {
    requests: requests.length,
    requestsPerSecond: (during.length / (window.endMs - window.duringMs)) * 1000,
    failed: failed.length,
    failures: failed.slice(0, FAILURES_SHOWN).map(({ id, kind, failure }) => `request ${id} (${kind}): ${failure}`),
    unaccounted: requests.filter(({ version, failure }) => version === 0 && failure === '').length,
    changes: changes.map((change) => figuresOf(change, requests)),
    stale: countOlder(requests, changes, ({ startMs }) => startMs + IN_FORCE_WITHIN_MS),
    afterReturn: countOlder(requests, changes, ({ endMs }) => endMs),
    backwards: countBackwards(requests),
    latency: { before: latencyOf(between(window.beforeMs, window.duringMs)), during: latencyOf(during) },
  }
}

function figuresOf(change: Change, requests: readonly VersionedRequest[]): ChangeFigures {
  const last = requests.findLast(({ version }) => version > 0 && version < change.version)
  const inForceMs = Math.max(0, (last?.sentMs ?? 0) - change.startMs)
  return { ...change, inForceMs, commandMs: change.endMs - change.startMs }
}

/** Counts requests sent later than `bound` allows an older version than the change's. */
function countOlder(
  requests: readonly VersionedRequest[],
  changes: readonly Change[],
  bound: (change: Change) => number,
): number {
  let next = 0
  let least = 0
  let older = 0
  for (const { sentMs, version } of requests) {
    for (let due = changes[next]; due !== undefined && bound(due) < sentMs; due = changes[next]) {
      least = due.version
      next += 1
    }
    if (version > 0 && version < least) older += 1
  }
  return older
}

function countBackwards(requests: readonly VersionedRequest[]): number {
  const seen = new Map<number, number>()
  let backwards = 0
  for (const { port, version, kind } of requests) {
    // A port may be used again by another connection, but only connections of their own open that often.
    if (version === 0 || kind === 'get-fresh') continue
    const highest = seen.get(port) ?? 0
    if (version < highest) backwards += 1
    seen.set(port, Math.max(highest, version))
  }
  return backwards
}

/** Of plain small GETs alone, from the moment they were due: the other kinds wait by design. */
function latencyOf(requests: readonly VersionedRequest[]): Latency {
  const waits = requests.filter(({ kind }) => kind === 'get').map(({ dueMs, endMs }) => endMs - dueMs)
  return { p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99), maxMs: quantile(waits, 1) }
}
