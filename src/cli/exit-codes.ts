/**
 * What the exit status says, in one place. Scripts branch on these numbers, so a number never changes its meaning;
 * docs/operations.md shows the same table, held by test/docs.test.ts.
 */
import type { ErrorCode } from '../errors.ts'
import { faultOf } from '../errors.ts'

export const exitCodes = {
  ok: { status: 0, meaning: 'done, or nothing differs' },
  failed: { status: 1, meaning: 'failed, or differs' },
  usage: { status: 2, meaning: 'the command line is wrong' },
  invalid: { status: 3, meaning: 'settings or policy are invalid' },
  environment: { status: 4, meaning: 'the environment is in the way: port in use, unreadable file, nothing running' },
  drainCut: { status: 5, meaning: 'the drain deadline cut connections' },
  refused: { status: 10, meaning: 'the policy refuses the destination or its backend' },
  untrusted: { status: 11, meaning: 'allowed, although the backend is not trusted' },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ExitName = keyof typeof exitCodes

const invalid: readonly ErrorCode[] = [
  'OPERATOR_BAD_DOCUMENT',
  'OPERATOR_BAD_TRUST_STORE',
  'OPERATOR_BAD_IDENTITY',
  'OPERATOR_BAD_BACKUP',
  'OPERATOR_UNSAFE_ADDRESS',
  'OPERATOR_POLICY_TEST_FAILED',
]

const environment: readonly ErrorCode[] = [
  'OPERATOR_FILE_UNREADABLE',
  'OPERATOR_FILE_UNWRITABLE',
  'OPERATOR_PORT_IN_USE',
  'OPERATOR_ADDRESS_UNUSABLE',
  'OPERATOR_ALREADY_RUNNING',
  'OPERATOR_NOT_RUNNING',
]

/** Translates an error into how the process ends; the only place that does. */
export function exitNameOf(code: ErrorCode): ExitName {
  // A destination stands on the command line, and one that cannot exist is a slip there.
  if (code === 'OPERATOR_USAGE' || code === 'CALLER_BAD_TARGET') return 'usage'
  if (invalid.includes(code)) return 'invalid'
  if (environment.includes(code)) return 'environment'
  return faultOf(code) === 'policy' ? 'refused' : 'failed'
}
