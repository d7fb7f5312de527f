import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFault, isMendedByTrust, suggestFix } from '../../src/page/backends/suggest-fix.ts'
import { findingNames } from '../../src/policy/policy.ts'
import { remedies } from '../../src/policy/remedies.ts'

describe('what counts as a reason why connections fail', () => {
  const faults: [string, string][] = [
    ['expired', 'a finding'],
    ['name-mismatch', 'a finding of two words'],
    ['BACKEND_CONNECT_REFUSED', 'a code about the backend'],
    ['POLICY_RULE_DENIES', 'a code about the policy'],
  ]
  for (const [reason, why] of faults) it(`${reason}: ${why}`, () => assert.equal(isFault(reason), true))

  const passes: [string, string][] = [
    ['trusted', 'nothing was found'],
    ['allow-untrusted', 'the policy lets it pass; what was found is counted beside it'],
    ['', 'nothing is said'],
  ]
  for (const [reason, why] of passes)
    it(`${reason || 'nothing'} does not: ${why}`, () => assert.equal(isFault(reason), false))
})

describe('trusting a certificate is offered', () => {
  const rows: [isOffered: boolean, findings: string[]][] = [
    [true, ['self-signed']],
    [true, ['untrusted-issuer', 'revocation-unknown']],
    [true, ['expired', 'incomplete-chain']],
    [false, ['expired']],
    [false, ['name-mismatch', 'revoked']],
    [false, []],
  ]
  for (const [isOffered, findings] of rows) {
    const title = `${isOffered ? '' : 'not '}for ${findings.join(' and ') || 'nothing'}`
    it(title, () => assert.equal(isMendedByTrust(findings), isOffered))
  }
})

describe('what is suggested', () => {
  it('is the remedy that a refusal names, for every finding', () => {
    for (const name of findingNames) {
      assert.equal(isFault(name), true, name)
      assert.equal(suggestFix(name), remedies[name])
    }
  })

  it('is to look where it failed, for a backend that was not reached', () =>
    assert.match(suggestFix('BACKEND_DNS_FAILED'), /probe it now/))
})
