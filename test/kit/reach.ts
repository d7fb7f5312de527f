/** Reaches a backend as an entrance does, and tells what came of it. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Backends, type BackendsOptions } from '../../src/backend/backends.ts'
import type { BackendConnection, VerifiedBackend } from '../../src/backend/verified-backend.ts'
import { asSidecarError, type SidecarError } from '../../src/errors.ts'
import type { AllowedDecision } from '../../src/policy/allowed-or-throw.ts'
import { decide } from '../../src/policy/decide.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { makeSnapshot, type SnapshotWish } from './make-snapshot.ts'

export interface TestBackends {
  readonly backends: Backends
  readonly deadlines: Deadlines
  /** What the policy of the snapshot says of `host:port`. */
  decision(authority: string): AllowedDecision
  /** Opens a pooled connection to `host:port`; it is destroyed when the test ends. */
  open(authority: string): Promise<VerifiedBackend>
  /** Opens one and tells the verdict, whether it was refused or not; fails for any other error. */
  verdict(authority: string): Promise<Verdict>
  /** Expects the opening to fail, and gives the error. */
  refusal(authority: string): Promise<SidecarError>
}

type Options = Partial<Omit<BackendsOptions, 'snapshot' | 'deadlines'>>

/** Makes the backends of one snapshot, closed when the test ends. */
export function makeBackends(t: Pick<TestContext, 'after'>, wish: SnapshotWish, options: Options = {}): TestBackends {
  const snapshot = makeSnapshot(wish)
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, ...options })
  t.after(() => {
    backends.close()
    deadlines.close()
  })
  const decision = (authority: string): AllowedDecision => {
    const decided = decide(snapshot.policy, parseAuthority(authority))
    assert.ok(decided.allowed, `${authority} is denied`)
    return decided
  }
  const open = async (authority: string): Promise<VerifiedBackend> => {
    const backend = await backends.poolFor(decision(authority)).open()
    t.after(() => backend.wire.destroy())
    return backend
  }
  const refusal = async (authority: string): Promise<SidecarError> => {
    try {
      await open(authority)
    } catch (thrown) {
      return asSidecarError(thrown)
    }
    return assert.fail(`${authority} was not refused`)
  }
  const verdict = async (authority: string): Promise<Verdict> => {
    try {
      return (await open(authority)).verdict
    } catch (thrown) {
      const found = (thrown as SidecarError).details?.verdict
      if (found === undefined) throw thrown
      return found as Verdict
    }
  }
  return { backends, deadlines, decision, open, verdict, refusal }
}

/** The names of all findings, in the order of the alphabet. */
export function namesOf({ findings }: Verdict): string[] {
  return findings.map(({ name }) => name).sort()
}

/** Sends one GET over a verified connection and resolves with the first bytes of the answer. */
export async function ask({ wire, destination }: BackendConnection): Promise<string> {
  const answer = Promise.withResolvers<string>()
  wire.reader = {
    bytes: (chunk) => answer.resolve(chunk.toString('latin1')),
    ended() {},
    drained() {},
    closed: () => answer.reject(new Error('closed without an answer')),
  }
  wire.write(`GET / HTTP/1.1\r\nHost: ${destination.host}\r\n\r\n`)
  return await answer.promise
}
