/** What is said of an exception that forgives more than it should, or what can hardly be found. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf } from '../policy-text.ts'

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const record = (findings: string, more = '') =>
  `exceptions: [{ backend: "a.example:1", findings: ${findings}, until: 2027-01-01, owner: me, reason: old${more} }]`
const pose = 'lets anyone on the way pose as the backend: add the spkiSha256 of its key'
const narrow =
  'widens nothing that is offered, and only tunnels of callers agree on more: give it a rule that offers it'

const rows: readonly (readonly [why: string, spec: string, warning?: string])[] = [
  ['a wrong name alone', record('[name-mismatch]'), pose],
  ['one that vouches for itself alone', record('[self-signed]'), pose],
  ['the same for one key', record('[self-signed]', `, spkiSha256: ${key}`)],
  ['what says nothing of who it is', record('[expired]')],
  ['a refused suite alone', record('[cipher-refused]'), narrow],
  ['a refused protocol alone', record('[protocol-refused]'), narrow],
  [
    'a refused suite where more is offered than the rule has',
    `strictTls: { enforcement: report }\n${record('[cipher-refused]')}`,
  ],
]

/** A part that what is said depends on is faulty: then only the fault is told. */
const followUps: readonly (readonly [why: string, spec: string])[] = [
  ['the exception itself', record('[cipher-refused, expird]')],
  [
    'the rule it is under',
    `rules: [{ name: a, match: [a.example], enforcement: reprot }]\n${record('[cipher-refused]')}`,
  ],
  ['what all rules offer', `tls: { ciphers: nope }\n${record('[cipher-refused]')}`],
]

describe('an exception', () => {
  for (const [why, spec, warning] of rows) {
    it(`is ${warning === undefined ? 'not ' : ''}warned of for ${why}`, () => {
      const found = problemsOf(spec).filter((line) => line.includes('forgiving'))
      assert.equal(found.length, warning === undefined ? 0 : 1)
      assert.ok(
        found.every((line) => line.endsWith(warning ?? '')),
        found.join(),
      )
    })
  }

  for (const [why, spec] of followUps) {
    it(`is not warned of beside a fault in ${why}`, () => {
      const found = problemsOf(spec)
      assert.ok(found.length > 0)
      assert.ok(!found.some((line) => line.includes('forgiving')), found.join())
    })
  }
})
