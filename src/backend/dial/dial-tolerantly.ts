/**
 * One dial, or two: where a handshake with post-quantum groups breaks off or goes silent, the same address is tried
 * once more without them. Only with groups that the rule offers anyway, so a rule that has no others is never led below.
 */
import type tls from 'node:tls'
import type { Counters } from '../../observe/counters.ts'
import type { Dialled } from './dangerously-connect.ts'
import { DialError } from './dial-error.ts'
import type { HybridTolerance } from './hybrid-tolerance.ts'

export interface TolerantDial {
  readonly authority: string
  readonly tolerance: HybridTolerance
  readonly counters: Counters | undefined
  /** With all the rule offers. */
  readonly full: tls.SecureContext
  /** Without post-quantum groups; undefined where the rule has none, or no others. */
  readonly classic: (() => tls.SecureContext) | undefined
  /** Makes the connection; `address` narrows it to the one that was reached before. */
  readonly connect: (context: tls.SecureContext, address?: string) => Promise<Dialled>
}

/** A connection, made and not judged, and what is learned when it passes its verdict. */
export interface TolerantlyDialled {
  readonly dialled: Dialled
  readonly passed: () => void
}

/** Dials with the full offer, and where that breaks once more with the classic one. Throws what the first one met. */
export async function dialTolerantly(dial: TolerantDial): Promise<TolerantlyDialled> {
  const { authority, tolerance, full, classic, connect } = dial
  if (classic === undefined) return { dialled: await connect(full), passed: nothingLearned }
  if (tolerance.isMarked(authority)) return { dialled: await connect(classic()), passed: nothingLearned }
  const startedMs = performance.now()
  try {
    return { dialled: await connect(full), passed: () => tolerance.tookHybrid(authority) }
  } catch (thrown) {
    if (!(thrown instanceof DialError) || !thrown.isBroken || !tolerance.mayRetry(authority)) throw thrown
    return {
      dialled: await again(dial, classic(), thrown),
      passed: () => tolerance.passedWithout(authority, startedMs),
    }
  }
}

async function again(
  { authority, tolerance, counters, connect }: TolerantDial,
  classic: tls.SecureContext,
  first: DialError,
): Promise<Dialled> {
  try {
    const dialled = await connect(classic, first.address)
    counters?.classicRetries({ result: 'ok' }).add(1)
    return dialled
  } catch {
    counters?.classicRetries({ result: 'fail' }).add(1)
    tolerance.failedBoth(authority)
    throw first
  }
}

function nothingLearned(): void {}
