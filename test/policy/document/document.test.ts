import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as z from 'zod'
import { SidecarError } from '../../../src/errors.ts'
import { examineDocument, readDocument } from '../../../src/policy/document/document.ts'
import { formatProblem, type Problem } from '../../../src/policy/document/problem.ts'

const schema = z.strictObject({
  open: z.boolean().default(true),
  time: z.strictObject({ kind: z.enum(['enforce', 'report']), at: z.string() }).optional(),
  list: z.array(z.strictObject({ name: z.string() })).default([]),
  deny: z.union([z.literal('default'), z.array(z.string())]).optional(),
  count: z.int().min(1).max(9).default(1),
})

interface Case {
  readonly why: string
  readonly text: string
  readonly problems: readonly string[]
}

const cases: readonly Case[] = [
  { why: 'a good document has none', text: 'open: false\nlist: [{ name: a }]', problems: [] },
  { why: 'JSON is YAML', text: '{"open": false, "count": 2}', problems: [] },
  {
    why: 'every problem is told, in the order of the file',
    text: 'count: 12\ntime: { kind: report, at: 3 }\nopen: yes\n',
    problems: [
      'f:1:8 count: expected at most 9, found 12',
      'f:2:27 time.at: expected a text, found 3',
      'f:3:7 open: expected true or false, found "yes"',
    ],
  },
  {
    why: 'an unknown key is told at the key, with what was probably meant',
    text: 'open: true\nlits: []',
    problems: ['f:2:1 lits: is not a known key: did you mean list?'],
  },
  {
    why: 'an unknown key inside a list is compared with the keys of that place',
    text: 'list:\n  - name: a\n    nmae: b\n',
    problems: ['f:3:5 list[0].nmae: is not a known key: did you mean name?'],
  },
  { why: 'a key like no other has no guess', text: 'zebra: 1', problems: ['f:1:1 zebra: is not a known key'] },
  {
    why: 'a missing value is told at the key that should hold it',
    text: 'time:\n  kind: report\n',
    problems: ['f:1:1 time.at: is missing: expected a text'],
  },
  {
    why: 'an empty value is told at its key',
    text: 'list:\nopen: true',
    problems: ['f:1:1 list: is empty: expected a list, or leave the key out'],
  },
  {
    why: 'of two ways to write a value the nearer one is explained',
    text: 'deny: [a, 1]',
    problems: ['f:1:11 deny[1]: expected a text, found 1'],
  },
  {
    why: 'a value that fits no way is told all of them',
    text: 'deny: {}',
    problems: ['f:1:7 deny: expected "default" or a list, found a mapping'],
  },
  {
    why: 'a mistyped choice is guessed',
    text: 'time: { kind: enfroce, at: x }',
    problems: ['f:1:15 time.kind: expected one of enforce, report, found "enfroce": did you mean enforce?'],
  },
  { why: 'an empty file is no document', text: '', problems: ['f:1:1: is empty: expected a mapping'] },
  { why: 'a comment is no document', text: '# soon\n', problems: ['f:1:1: is empty: expected a mapping'] },
  { why: 'a word is no document', text: 'soon', problems: ['f:1:1: expected a mapping, found "soon"'] },
  {
    why: 'a key twice is refused, because readers disagree which one counts',
    text: 'open: true\nopen: false\n',
    problems: ['f:2:1 open: stands twice: keep one'],
  },
  {
    why: 'an anchor is refused even where nothing uses it',
    text: 'open: &a true',
    problems: ['f:1:10 open: has the anchor "&a": write each value out'],
  },
  {
    why: 'an alias is refused',
    text: 'list: [*a]',
    problems: ['f:1:8 list[0]: is the alias "*a": write the value out'],
  },
  {
    why: 'a tag is refused, known to YAML or not',
    text: 'open: !!str true\ncount: !mine 1',
    problems: [
      'f:1:13 open: has the tag "tag:yaml.org,2002:str": write a plain value',
      'f:2:14 count: has the tag "!mine": write a plain value',
    ],
  },
  { why: '__proto__ is no key', text: '__proto__: { open: false }', problems: ['f:1:1 __proto__: may not be a key'] },
  {
    why: 'constructor is a key like any unknown one',
    text: 'constructor: { prototype: 1 }',
    problems: ['f:1:1 constructor: is not a known key'],
  },
  { why: 'a merge key is no key of ours', text: '<<: { open: false }', problems: ['f:1:1 ["<<"]: is not a known key'] },
  { why: 'a number is no key', text: '1: x', problems: ['f:1:1: has a key that is not a plain word'] },
  { why: 'a list is no key', text: '? [a]\n: 1', problems: ['f:1:3: has a key that is not a plain word'] },
  {
    why: 'a second document in one file would be ignored in silence',
    text: 'open: true\n---\nopen: false\n',
    problems: ['f:2:1: a second document begins here (---): one file holds one'],
  },
  {
    why: 'what a terminal would act upon is shown as what it is',
    text: '"a\\e[2Jb": 1\ncount: "\u202e\u2028"',
    problems: ['f:1:1 ["a\\u001b[2Jb"]: is not a known key', 'f:2:8 count: expected a number, found "\\u202e\\u2028"'],
  },
  {
    why: 'nor is it repeated where the text is no YAML of ours',
    text: 'open: &a\u001b true\nlist: *b\0\ncount: |\u001b\n',
    problems: [
      'f:1:11 open: has the anchor "&a\\u001b": write each value out',
      'f:2:7 list: is the alias "*b\\u0000": write the value out',
      'f:3:9: Block scalar header includes extra characters: |\\u001b',
    ],
  },
]

describe('a document', () => {
  for (const { why, text, problems } of cases) {
    it(`${why}: ${JSON.stringify(text)}`, () => {
      const examined = examineDocument(text, { file: 'f', schema })
      assert.deepEqual(examined.problems.map(formatProblem), problems)
    })
  }

  it('is read with its defaults when it is good', () => {
    const { value, problemAt } = readDocument('list:\n  - name: a\n', { file: 'f', schema })
    assert.deepEqual(value, { open: true, list: [{ name: 'a' }], count: 1 })
    assert.equal(formatProblem(problemAt(['list', 0, 'name'], 'is taken')), 'f:2:11 list[0].name: is taken')
  })

  it('is refused with the first problem in the message and all of them in the details', () => {
    assert.throws(
      () => readDocument('open: 1\ncount: 0\nzebra: 1', { file: 'f', schema }),
      (error: unknown) => {
        assert.ok(error instanceof SidecarError)
        assert.equal(error.code, 'OPERATOR_BAD_DOCUMENT')
        assert.equal(error.message, 'f:1:7 open: expected true or false, found 1 (and 2 more problems)')
        assert.equal((error.details.problems as Problem[]).length, 3)
        return true
      },
    )
  })

  it('with faulty parts is still read without them, so that other checks can go on', () => {
    const text = 'zebra: 1\ncount: 99\nlist: [{ name: a }, { name: 1 }, { name: c }, 4]\n'
    const { value, left, placeOf } = examineDocument(text, { file: 'f', schema })
    assert.deepEqual(value, { open: true, list: [{ name: 'a' }, { name: 'c' }], count: 1 })
    const paths = left.map((path) => path.join('.')).toSorted()
    assert.deepEqual(paths, ['count', 'list.1', 'list.1.name', 'list.3', 'zebra'])
    assert.deepEqual(placeOf(['list', 1, 'name']), ['list', 2, 'name'])
  })

  it('whose root is faulty is read no further', () => {
    const required = z.strictObject({ kind: z.literal('x') })
    const { value, problems } = examineDocument('kind: y', { file: 'f', schema: required })
    assert.equal(value, undefined)
    assert.equal(problems.length, 1)
  })

  it('that is broken YAML is read no further', () => {
    const { value, problems } = examineDocument('open: [\nzebra: 1\n', { file: 'f', schema })
    assert.equal(value, undefined)
    assert.ok(problems.every(({ path }) => path === ''))
  })
})

describe('a hostile document', () => {
  it('that is too deep for the parser says so in words', () => {
    const { problems } = examineDocument('- '.repeat(50_000), { file: 'f', schema })
    assert.ok(problems.some(({ message }) => message === 'is nested too deeply to be read'))
  })

  it('that is deeper than any of ours is read no further', () => {
    const text = `open: ${'['.repeat(40)}${']'.repeat(40)}`
    const { problems } = examineDocument(text, { file: 'f', schema })
    assert.match(problems[0]?.message ?? '', /is nested deeper than 32 levels/)
  })

  const manyAliases = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map(levelOfNine)].join('\n')
  const hostile: readonly { why: string; text: string; withinMs: number }[] = [
    { why: 'an alias bomb of nine levels', text: manyAliases, withinMs: 100 },
    { why: 'deep flow lists', text: '['.repeat(20_000), withinMs: 1000 },
    { why: 'deep and closed flow lists', text: '['.repeat(5_000) + ']'.repeat(5_000), withinMs: 1000 },
    { why: 'deep mappings', text: '{a: '.repeat(5_000), withinMs: 1000 },
    { why: 'deep block lists', text: `${'- '.repeat(5_000)}x`, withinMs: 1000 },
    { why: 'many keys', text: Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n'), withinMs: 2000 },
    { why: 'one key many times', text: 'a: 1\n'.repeat(20_000), withinMs: 2000 },
    { why: 'many quotes', text: '"'.repeat(100_000), withinMs: 2000 },
    { why: 'two million characters', text: 'a'.repeat(2_000_000), withinMs: 100 },
    { why: 'NUL bytes', text: '\0'.repeat(10_000), withinMs: 1000 },
  ]
  for (const { why, text, withinMs } of hostile) {
    it(`is refused within ${withinMs} ms of processor time: ${why}`, () => {
      const began = process.cpuUsage()
      const { value, problems } = examineDocument(text, { file: 'f', schema })
      const { user, system } = process.cpuUsage(began)
      assert.ok((user + system) / 1000 < withinMs, `took ${Math.round((user + system) / 1000)} ms`)
      assert.ok(problems.length > 0)
      assert.ok(value === undefined || Object.keys(value).length <= 5)
    })
  }

  it('cannot reach the prototype of anything', () => {
    for (const text of ['__proto__: { x: 1 }', 'time: { __proto__: { x: 1 } }', '{"__proto__": {"x": 1}}']) {
      assert.ok(examineDocument(text, { file: 'f', schema }).problems.length > 0)
    }
    assert.equal(({} as { x?: number }).x, undefined)
  })
})

function levelOfNine(name: string): string {
  const below = String.fromCharCode(name.charCodeAt(0) - 1)
  return `${name}: &${name} [${`*${below},`.repeat(9)}]`
}
