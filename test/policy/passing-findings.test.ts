/** What is minded about a caller's hello in a tunnel, row by row. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import { helloFindings, type PassingHello } from '../../src/policy/passing-findings.ts'
import type { FindingName, Rule } from '../../src/policy/policy.ts'
import { makeRule } from '../kit/policies.ts'

interface Row {
  readonly why: string
  readonly hello?: Partial<PassingHello>
  readonly rule?: Partial<Rule>
  readonly to?: string
  readonly finds: readonly FindingName[]
  readonly says?: string
}

const none = { serverName: undefined }
const front = { sni: 'Front.Test', verifyName: 'b.test' }

const rows: readonly Row[] = [
  { why: 'the name the tunnel is for', finds: [] },
  { why: 'the same with a dot at its end', hello: { serverName: 'a.test.' }, finds: [] },
  {
    why: 'another name',
    hello: { serverName: 'b.test' },
    finds: ['name-mismatch'],
    says: 'the hello asks for b.test, the tunnel is for a.test',
  },
  { why: 'a name below it', hello: { serverName: 'x.a.test' }, finds: ['name-mismatch'] },
  { why: 'two dots at its end', hello: { serverName: 'a.test..' }, finds: ['name-mismatch'] },
  {
    why: 'no name where ours is sent',
    hello: none,
    finds: ['name-mismatch'],
    says: 'the hello names no server (SNI), the tunnel is for a.test',
  },
  { why: 'no name where ours is not sent either', hello: none, rule: { sni: false }, finds: [] },
  { why: 'the name of the tunnel where ours sends none', rule: { sni: false }, finds: [] },
  {
    why: 'another name where ours sends none',
    hello: { serverName: 'b.test' },
    rule: { sni: false },
    finds: ['name-mismatch'],
  },
  { why: 'the name that the rule sends, in any case', hello: { serverName: 'front.test' }, rule: front, finds: [] },
  { why: 'the name that the rule verifies', hello: { serverName: 'b.test' }, rule: front, finds: [] },
  { why: 'the name of the tunnel beside those', rule: front, finds: [] },
  { why: 'none of the three', hello: { serverName: 'c.test' }, rule: front, finds: ['name-mismatch'] },
  { why: 'no name to an address', hello: none, to: '192.0.2.1:443', finds: [] },
  { why: 'a name to an address', to: '192.0.2.1:443', finds: ['name-mismatch'] },
  {
    why: 'an encrypted hello, whatever name stands outside',
    hello: { hasEncryptedHello: true },
    finds: ['name-mismatch'],
    says: 'the hello is encrypted (ECH): the name inside cannot be held against the one the tunnel is for',
  },
  {
    why: 'an encrypted hello where ours sends no name',
    hello: { ...none, hasEncryptedHello: true },
    rule: { sni: false },
    finds: ['name-mismatch'],
  },

  { why: 'one protocol of the rule beside others', hello: { protocols: ['SSLv3', 'TLSv1.2'] }, finds: [] },
  {
    why: 'no protocol of the rule',
    hello: { protocols: ['TLSv1', 'TLSv1.1'] },
    finds: ['protocol-refused'],
    says: 'the client offers TLSv1, TLSv1.1, the rule TLSv1.2, TLSv1.3',
  },
  {
    why: 'no protocol at all',
    hello: { protocols: [] },
    finds: ['protocol-refused'],
    says: 'the client offers no protocol that is known here, the rule TLSv1.2, TLSv1.3',
  },
  {
    why: 'both at once',
    hello: { serverName: 'b.test', protocols: ['TLSv1'] },
    finds: ['name-mismatch', 'protocol-refused'],
  },
]

describe('a hello that passes', () => {
  for (const { why, hello, rule, to = 'a.test:443', finds, says } of rows) {
    it(`with ${why} ${finds.length === 0 ? 'is let through' : `has ${finds.join(' and ')}`}`, () => {
      const usual: PassingHello = { serverName: 'a.test', hasEncryptedHello: false, protocols: ['TLSv1.2', 'TLSv1.3'] }
      const findings = helloFindings({ ...usual, ...hello }, makeRule(rule), parseAuthority(to))
      assert.deepEqual(
        findings.map(({ name }) => name),
        finds,
      )
      if (says !== undefined) assert.equal(findings[0]?.detail, says)
    })
  }
})
