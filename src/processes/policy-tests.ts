/** The `tests` of a policy: each destination is asked for under the candidate, before the candidate may be applied. */
import { Backends } from '../backend/backends.ts'
import { asSidecarError, faultOf, SidecarError } from '../errors.ts'
import { createCounters } from '../observe/counters.ts'
import { decide } from '../policy/decide.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { PolicyTest } from '../policy/policy.ts'
import { formatProblem, type Problem } from '../policy/problem.ts'
import type { ProblemAt } from '../policy/read-yaml.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { Deadlines } from '../wire/deadlines.ts'

/** Runs all tests of a snapshot's policy; throws OPERATOR_POLICY_TEST_FAILED with every one that does not hold. */
export async function assertPolicyTests(snapshot: Snapshot, problemAt: ProblemAt): Promise<void> {
  const { tests } = snapshot.policy
  if (tests.length === 0) return
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, counters: createCounters() })
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
  const decision = decide(snapshot.policy, parseAuthority(destination))
  const { outcome, why } = decision.allowed
    ? await outcomeOf(decision, backends)
    : { outcome: 'refused', why: `rule ${decision.rule.name}: ${decision.reason}` }
  if (outcome === expect) return undefined
  return `${destination} was expected to be ${expect} and is ${outcome}${why === '' ? '' : ` (${why})`}`
}

type Outcome = { readonly outcome: string; readonly why: string }
type Allowed = Parameters<Backends['verdictFor']>[0]

async function outcomeOf(decision: Allowed, backends: Backends): Promise<Outcome> {
  if (decision.rule.plaintext) return { outcome: 'allowed', why: 'plain text' }
  try {
    const { verdict } = await backends.verdictFor(decision)
    return { outcome: verdict.outcome, why: verdict.findings.map(({ name }) => name).join(', ') }
  } catch (thrown) {
    const error = asSidecarError(thrown)
    // A backend that speaks nothing we offer is refused by the policy's TLS settings, whoever sent the alert.
    const refused = faultOf(error.code) === 'policy' || handshakeFailures.includes(error.code)
    return { outcome: refused ? 'refused' : 'out of reach', why: error.message }
  }
}

function testsFailed(problems: readonly Problem[]): SidecarError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const message = `a test of the policy does not hold: ${first === undefined ? '' : formatProblem(first)}${more}`
  return new SidecarError('OPERATOR_POLICY_TEST_FAILED', message, { details: { problems } })
}

const handshakeFailures: readonly string[] = ['BACKEND_HANDSHAKE_FAILED', 'BACKEND_REFUSED_US']
