import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeChange } from '../../../src/policy/describe/describe-change.ts'

describe('a change in sentences', () => {
  const spec = (value: object) => ({ spec: value })
  const rows: [why: string, before: object, after: object, says: string[]][] = [
    ['nothing', { sni: true }, { sni: true }, []],
    ['a switch', { strictTls: { enabled: false } }, { strictTls: { enabled: true } }, ['strictTls.enabled: off → on.']],
    ['a word', { tls: { profile: 'a' } }, { tls: { profile: 'b' } }, ['tls.profile: a → b.']],
    ['a key that is new', {}, { tls: { minimum: 3 } }, ['tls is new: {"minimum":3}.']],
    ['a key that is gone', { sni: 'x.example' }, {}, ['sni is gone; it was x.example.']],
    ['suites that came and went', { c: ['A', 'B'] }, { c: ['B', 'C'] }, ['c: removed A.', 'c: added C.']],
    ['another order', { c: ['A', 'B'] }, { c: ['B', 'A'] }, ['c: the order changed to B, A.']],
    [
      'a rule by its name, wherever it stands',
      { rules: [{ name: 'mail', sni: true }, { name: 'web' }] },
      { rules: [{ name: 'new' }, { name: 'mail', sni: false }, { name: 'web' }] },
      ['rules: added new.', 'rules.mail.sni: on → off.'],
    ],
    [
      'a switch by its backend, as it is read',
      { h: [{ backend: { authority: 'a:1' }, enabled: true }] },
      { h: [{ backend: { authority: 'a:1' }, enabled: false }] },
      ['h["a:1"].enabled: on → off.'],
    ],
    ['the same entry twice', { c: ['A', 'A'] }, { c: ['A'] }, ['c: removed A (2).']],
  ]
  for (const [why, before, after, says] of rows) {
    it(`of ${why}`, () => assert.deepEqual(describeChange(spec(before), spec(after)), says))
  }
})
