import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Edit, editText } from '../../../src/policy/document/edit-text.ts'

const text = `# who may leave
spec:
  sni: true # needed by mail

  rules:
    - name: mail # the mail host
      match: [a.example]
  empty:
`

describe('values are changed, everything else stays', () => {
  const rows: [why: string, edits: Edit[], expected: string][] = [
    ['a value keeps its comment', [{ path: ['spec', 'sni'], value: false }], text.replace('sni: true', 'sni: false')],
    [
      'an entry of a list',
      [{ path: ['spec', 'rules', 0, 'name'], value: 'post' }],
      text.replace('name: mail', 'name: post'),
    ],
    ['a key is taken away', [{ path: ['spec', 'empty'] }], text.replace('  empty:\n', '')],
    [
      'a key without a value takes one',
      [{ path: ['spec', 'empty', 'a'], value: 1 }],
      text.replace('  empty:\n', '  empty:\n    a: 1\n'),
    ],
    ['what is missing is made', [{ path: ['spec', 'tls', 'profile'], value: 'x' }], `${text}  tls:\n    profile: x\n`],
    ['what is not there cannot go', [{ path: ['spec', 'nothing', 'here'] }], text],
  ]
  for (const [why, edits, expected] of rows) {
    it(why, () => assert.equal(editText(text, edits).replace('empty: null', 'empty:'), expected))
  }
})

describe('lines that no edit is about', () => {
  const spaced = `a: { b: 1,  c: [ 2 ] }   # as I like it
d:   "x  y"
e: 1
`
  it('keep their spacing', () => {
    assert.equal(editText(spaced, [{ path: ['e'], value: 2 }]), spaced.replace('e: 1', 'e: 2'))
  })
  it('do not lend their spacing to a value that differs in it', () => {
    const edited = editText('a: "x  y"\nb: 1\n', [{ path: ['a'], value: 'x y' }])
    assert.equal(edited, 'a: "x y"\nb: 1\n')
  })
})

describe('what cannot be edited is refused', () => {
  it('a path through a value', () => {
    assert.throws(() => editText(text, [{ path: ['spec', 'sni', 'deeper'], value: 1 }]), {
      code: 'OPERATOR_BAD_REQUEST',
      message: 'spec.sni.deeper leads through spec.sni, a value',
    })
  })
  it('a text that is no YAML', () => {
    assert.throws(() => editText('a: [', [{ path: ['a'], value: 1 }]), { code: 'OPERATOR_BAD_REQUEST' })
  })
  it('a prototype is a key like any other', () => {
    editText(text, [{ path: ['__proto__', 'x'], value: 1 }])
    assert.equal(({} as { x?: unknown }).x, undefined)
  })
})
