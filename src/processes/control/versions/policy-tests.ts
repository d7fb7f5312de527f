/** The `tests` of a policy: each destination is asked for under the candidate, before the candidate may be applied. */
import { Backends, type Known } from '../../../backend/backends.ts'
import { SidecarError } from '../../../errors.ts'
import { createCounters } from '../../../observe/counters.ts'
import { formatProblem, type Problem } from '../../../policy/document/problem.ts'
import type { ProblemAt } from '../../../policy/document/read-yaml.ts'
import { parseAuthority } from '../../../policy/parse-destination.ts'
import type { PolicyTest } from '../../../policy/policy.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import { Deadlines } from '../../../wire/deadlines.ts'
import { tryDestination } from '../trials/try-destination.ts'

/** Runs all tests of a snapshot's policy; throws OPERATOR_POLICY_TEST_FAILED with every one that does not hold. */
export async function assertPolicyTests(snapshot: Snapshot, problemAt: ProblemAt, known: Known = {}): Promise<void> {
  const { tests } = snapshot.policy
  if (tests.length === 0) return
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, counters: createCounters(), ...known })
  try {
    const found = await Promise.all(tests.map((one) => runTest(one, { snapshot, backends })))
    const problems = found.flatMap((text, index) =>
      text === undefined ? [] : [problemAt(['spec', 'tests', index], text)],
    )
    if (problems.length > 0) throw testsFailed(problems)
  } finally {
    backends.close()
    deadlines.close()
  }
}

/** Says why a test does not hold, or nothing when it does. */
async function runTest(
  { destination, expect }: PolicyTest,
  { snapshot, backends }: { snapshot: Snapshot; backends: Backends },
): Promise<string | undefined> {
  const { outcome, why } = await tryDestination(parseAuthority(destination), { snapshot, backends })
  const found = inTests[outcome]
  if (found === expect) return undefined
  return `${destination} was expected to be ${expect} and is ${found}${why === '' ? '' : ` (${why})`}`
}

/** A test does not ask whether a refusal came before the handshake or after it. */
const inTests = {
  ...{ trusted: 'trusted', allowed: 'allowed', refused: 'refused' },
  ...{ denied: 'refused', unreachable: 'out of reach' },
} as const

function testsFailed(problems: readonly Problem[]): SidecarError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const message = `a test of the policy does not hold: ${first === undefined ? '' : formatProblem(first)}${more}`
  return new SidecarError('OPERATOR_POLICY_TEST_FAILED', message, { details: { problems } })
}
