import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exitCodes, exitNameOf } from '../../src/cli/exit-codes.ts'
import { type ErrorCode, errorCodes } from '../../src/errors.ts'

describe('exit codes', () => {
  it('are numbers that scripts can rely on', () => {
    const statuses = Object.fromEntries(Object.entries(exitCodes).map(([name, { status }]) => [name, status]))
    assert.deepEqual(statuses, {
      ok: 0,
      failed: 1,
      usage: 2,
      invalid: 3,
      environment: 4,
      drainCut: 5,
      refused: 10,
      untrusted: 11,
    })
  })

  const rows: [ErrorCode, string, string][] = [
    ['OPERATOR_USAGE', 'usage', 'the command line itself is wrong'],
    ['OPERATOR_BAD_DOCUMENT', 'invalid', 'a document does not hold'],
    ['OPERATOR_BAD_TRUST_STORE', 'invalid', 'what the policy names is not there'],
    ['OPERATOR_BAD_IDENTITY', 'invalid', 'what the policy names is not there'],
    ['OPERATOR_BAD_BACKUP', 'invalid', 'the file is no backup'],
    ['OPERATOR_UNSAFE_ADDRESS', 'invalid', 'settings ask for what they may not'],
    ['OPERATOR_POLICY_TEST_FAILED', 'invalid', 'the policy contradicts its own tests'],
    ['OPERATOR_PORT_IN_USE', 'environment', 'somebody else is in the way'],
    ['OPERATOR_ADDRESS_UNUSABLE', 'environment', 'the machine has no such address'],
    ['OPERATOR_FILE_UNREADABLE', 'environment', 'rights or a missing file'],
    ['OPERATOR_FILE_UNWRITABLE', 'environment', 'a full or read-only disk'],
    ['OPERATOR_ALREADY_RUNNING', 'environment', 'another instance has the state folder'],
    ['OPERATOR_NOT_RUNNING', 'environment', 'there is nobody to ask'],
    ['OPERATOR_EDIT_CONFLICT', 'failed', 'the command was right and came too late'],
    ['OPERATOR_VERSION_UNKNOWN', 'failed', 'the command was right and found nothing'],
    ['OPERATOR_NOTHING_TO_CONFIRM', 'failed', 'the command was right and found nothing'],
    ['OPERATOR_GENERATION_FAILED', 'failed', 'the change was tried and did not work'],
    ['OPERATOR_CONFLICT', 'failed', 'the command was right and something is in its way'],
    ['OPERATOR_NOT_FOUND', 'failed', 'the command was right and found nothing'],
    ['OPERATOR_BAD_REQUEST', 'failed', 'only the admin API says so'],
    ['OPERATOR_NOT_SIGNED_IN', 'failed', 'only the admin API says so'],
    ['OPERATOR_SIGN_IN_FAILED', 'failed', 'only the admin API says so'],
    ['OPERATOR_NOT_PERMITTED', 'failed', 'only the admin API says so'],
    ['OPERATOR_CROSS_SITE', 'failed', 'only the admin API says so'],
    ['OPERATOR_BUSY', 'failed', 'the command was right and came too early'],
    ['OPERATOR_TOO_MANY_TRIES', 'failed', 'only the admin API says so'],
    ['OPERATOR_NO_PRECONDITION', 'failed', 'only the admin API says so'],
    ['OPERATOR_TOO_LARGE', 'failed', 'only the admin API says so'],
    ['POLICY_ADDRESS_DENIED', 'refused', 'the policy said no'],
    ['BACKEND_CONNECT_REFUSED', 'failed', 'the backend is not there'],
    ['CALLER_BAD_TARGET', 'usage', 'the destination that was typed cannot exist'],
    ['INTERNAL_ERROR', 'failed', 'a bug of ours'],
  ]
  for (const [code, name, why] of rows) {
    it(`${code} ends as ${name}: ${why}`, () => assert.equal(exitNameOf(code), name))
  }

  it('every OPERATOR_ code has a row above, so that a new one is thought about', () => {
    const listed = rows.map(([code]) => code)
    const operator = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => code.startsWith('OPERATOR_'))
    assert.deepEqual(
      operator.filter((code) => !listed.includes(code)),
      [],
    )
  })
})
