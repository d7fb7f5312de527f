import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../src/policy/decide.ts'
import type { AllowReason, DenyReason } from '../../src/policy/decision.ts'
import { coversPattern, matchesHost, parsePattern } from '../../src/policy/match-host.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import { policyOf } from './policy-text.ts'

interface Match {
  readonly pattern: string
  readonly yes: readonly string[]
  readonly no: readonly string[]
}

const matches: readonly Match[] = [
  {
    pattern: 'mail.example.org',
    yes: ['mail.example.org:443', 'mail.example.org:25', 'MAIL.Example.org.:443', 'ｍail.example.org:443'],
    no: ['a.mail.example.org:443', 'example.org:443', 'xmail.example.org:443', 'mail.example.org.evil:443'],
  },
  {
    // One or more labels to the left of the star's domain, and never the domain itself.
    pattern: '*.example.org',
    yes: ['a.example.org:443', 'a.b.example.org:443', 'A.EXAMPLE.ORG.:8443'],
    no: ['example.org:443', 'xexample.org:443', 'evil-example.org:443', 'example.org.evil:443', 'a.example.com:443'],
  },
  { pattern: '*.org', yes: ['example.org:443', 'a.example.org:1'], no: ['org:443', 'example.organic:443'] },
  {
    pattern: 'mail.example.org:993',
    yes: ['mail.example.org:993'],
    no: ['mail.example.org:443', 'mail.example.org:9930'],
  },
  { pattern: '*.example.org:993', yes: ['a.example.org:993'], no: ['a.example.org:443', 'example.org:993'] },
  {
    pattern: '10.0.0.1',
    yes: ['10.0.0.1:443', '10.1:443', '[::ffff:10.0.0.1]:443'],
    no: ['10.0.0.11:443', '[::10.0.0.1]:1'],
  },
  { pattern: '[2001:DB8::1]', yes: ['[2001:db8:0::1]:443', '[2001:db8::1]:1'], no: ['[2001:db8::2]:443'] },
  { pattern: '[::1]:8443', yes: ['[::1]:8443'], no: ['[::1]:443', '127.0.0.1:8443'] },
  { pattern: 'faß.example', yes: ['xn--fa-hia.example:443', 'FAß.example:443'], no: ['fass.example:443'] },
]

describe('a pattern', () => {
  for (const { pattern, yes, no } of matches) {
    it(`${pattern} takes ${yes.join(' ')} and leaves ${no.join(' ')}`, () => {
      const parsed = parsePattern(pattern)
      assert.equal(parsed.text, pattern)
      for (const text of yes) assert.equal(matchesHost(parsed, parseAuthority(text)), true, text)
      for (const text of no) assert.equal(matchesHost(parsed, parseAuthority(text)), false, text)
    })
  }

  const bad = [
    '',
    '*',
    '*.',
    '**.a',
    'a.*',
    '*a.example',
    '*.*.example',
    '*.10.0.0.1',
    '*.[::1]',
    '::1',
    'a:0',
    'a:b:1',
    'a b',
  ]
  for (const text of bad) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => parsePattern(text), { code: 'CALLER_BAD_TARGET' })
    })
  }

  const covers: readonly (readonly [string, string, boolean])[] = [
    ['a.example', 'a.example', true],
    ['a.example', 'a.example:1', true],
    ['a.example:1', 'a.example', false],
    ['a.example:1', 'a.example:2', false],
    ['a.example', '*.a.example', false],
    ['*.example', 'a.example', true],
    ['*.example', '*.a.example', true],
    ['*.example', '*.example:1', true],
    ['*.a.example', '*.example', false],
    ['*.example', 'example', false],
    ['*.example:1', '*.example:2', false],
  ]
  for (const [wide, narrow, expected] of covers) {
    it(`${wide} ${expected ? 'covers' : 'does not cover'} ${narrow}`, () => {
      assert.equal(coversPattern(parsePattern(wide), parsePattern(narrow)), expected)
    })
  }

  it('that covers another takes every destination the other takes', () => {
    const label = fc.constantFrom('a', 'b', 'org')
    const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
    const port = fc.constantFrom('', ':1', ':2')
    const pattern = fc.tuple(fc.constantFrom('', '*.'), host, port).map((parts) => parsePattern(parts.join('')))
    const destination = fc.tuple(host, fc.constantFrom(1, 2)).map(([name, at]) => parseAuthority(`${name}:${at}`))
    const property = fc.property(pattern, pattern, destination, (wide, narrow, asked) => {
      if (coversPattern(wide, narrow) && matchesHost(narrow, asked)) assert.ok(matchesHost(wide, asked))
    })
    fc.assert(property, { numRuns: 2000 })
  })
})

const listed = policyOf(`
destinations: { unlisted: deny }
rules:
  - { name: no-admin, match: [admin.corp.example], action: deny }
  - { name: secure-port, match: ["*.corp.example:8443"] }
  - { name: corp, match: ["*.corp.example", corp.example] }
  - { name: too-late, match: ["old.corp.example"], action: deny }
`)
const open = policyOf('rules:\n  - { name: no-tracker, match: ["*.tracker.example"], action: deny }')

interface DecisionCase {
  readonly policy: 'listed' | 'open'
  readonly destination: string
  readonly rule: string
  readonly reason: AllowReason | DenyReason
  readonly why: string
}

const decisions: readonly DecisionCase[] = [
  { policy: 'listed', destination: 'a.corp.example:443', rule: 'corp', reason: 'rule', why: 'a rule names it' },
  {
    policy: 'listed',
    destination: 'corp.example:443',
    rule: 'corp',
    reason: 'rule',
    why: 'so does its second pattern',
  },
  {
    policy: 'listed',
    destination: 'a.corp.example:8443',
    rule: 'secure-port',
    reason: 'rule',
    why: 'first match wins',
  },
  {
    policy: 'listed',
    destination: 'admin.corp.example:443',
    rule: 'no-admin',
    reason: 'rule-denies',
    why: 'denied by rule',
  },
  {
    policy: 'listed',
    destination: 'admin.corp.example:8443',
    rule: 'no-admin',
    reason: 'rule-denies',
    why: 'a denial is final, though a later rule would allow',
  },
  {
    policy: 'listed',
    destination: 'old.corp.example:443',
    rule: 'corp',
    reason: 'rule',
    why: 'an allowance is final, though a later rule would deny',
  },
  { policy: 'listed', destination: 'example:443', rule: 'unlisted', reason: 'unlisted-denied', why: 'nobody names it' },
  { policy: 'open', destination: 'example:443', rule: 'unlisted', reason: 'unlisted-allowed', why: 'nobody names it' },
  {
    policy: 'open',
    destination: 'a.tracker.example:80',
    rule: 'no-tracker',
    reason: 'rule-denies',
    why: 'denied by rule',
  },
  {
    policy: 'open',
    destination: 'A.TRACKER.EXAMPLE.:80',
    rule: 'no-tracker',
    reason: 'rule-denies',
    why: 'another spelling gets no other answer',
  },
]

describe('a decision', () => {
  for (const { policy, destination, rule, reason, why } of decisions) {
    it(`for ${destination} under ${policy} is ${reason} (${rule}): ${why}`, () => {
      const asked = parseAuthority(destination)
      const decision = decide(policy === 'listed' ? listed : open, asked)
      assert.deepEqual(
        { rule: decision.rule.name, reason: decision.reason, allowed: decision.allowed },
        { rule, reason, allowed: reason === 'rule' || reason === 'unlisted-allowed' },
      )
      assert.equal(decision.destination, asked)
    })
  }
})
