import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Found, meets } from '../../src/demo/check-faults.ts'
import type { Expectation } from '../../src/demo/faults.ts'

const passed: Found = { status: 200, decision: 'allow', error: '', findings: [], protocol: 'TLSv1.3', text: 'hello' }
const refused: Found = {
  status: 502,
  decision: 'deny',
  error: 'POLICY_VERDICT_REFUSED',
  findings: ['expired'],
  protocol: '',
  text: '',
}

describe('an expectation of the demo', () => {
  const rows: [string, Expectation, Found, boolean][] = [
    ['trusted and passed', { outcome: 'trusted' }, passed, true],
    ['trusted and passed over the wanted protocol', { outcome: 'trusted', protocol: 'TLSv1.3' }, passed, true],
    ['trusted, but over another protocol', { outcome: 'trusted', protocol: 'TLSv1.2' }, passed, false],
    ['trusted, but only let through', { outcome: 'trusted' }, { ...passed, decision: 'allow-untrusted' }, false],
    ['trusted, but the backend answered 500', { outcome: 'trusted' }, { ...passed, status: 500 }, false],
    ['trusted, but refused', { outcome: 'trusted' }, refused, false],
    ['refused for the finding', { outcome: 'refused', finding: 'expired' }, refused, true],
    ['refused, but for another finding', { outcome: 'refused', finding: 'self-signed' }, refused, false],
    ['refused, but passed', { outcome: 'refused', finding: 'expired' }, passed, false],
    [
      'refused, but out of reach',
      { outcome: 'refused', finding: 'expired' },
      { ...refused, error: 'BACKEND_UNREACHABLE' },
      false,
    ],
    [
      'let through with the finding',
      { outcome: 'allowed', finding: 'expired' },
      { ...passed, decision: 'allow-untrusted', findings: ['expired'] },
      true,
    ],
    [
      'let through, but trusted',
      { outcome: 'allowed', finding: 'expired' },
      { ...passed, findings: ['expired'] },
      false,
    ],
    [
      'failed with the code',
      { outcome: 'failed', error: 'POLICY_RULE_DENIES' },
      { ...refused, error: 'POLICY_RULE_DENIES' },
      true,
    ],
    ['failed, but with another code', { outcome: 'failed', error: 'POLICY_RULE_DENIES' }, refused, false],
  ]
  for (const [what, expectation, found, holds] of rows) {
    it(`${what}: ${holds ? 'holds' : 'does not hold'}`, () => assert.equal(meets(found, expectation), holds))
  }
})
