/**
 * Goal: a diff is right when applying it to the old text gives the new one. Method: a strict reader of the unified
 * format, written here from its description, applies what diffText printed; fast-check makes the pairs of texts.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diffText } from '../../src/history/diff-text.ts'

const names = { a: 'version 1', b: 'version 2' }

const cases: readonly { name: string; a: string; b: string; lines: readonly string[] }[] = [
  { name: 'equal texts differ in nothing', a: 'a\n', b: 'a\n', lines: [''] },
  {
    name: 'a changed line is shown among three lines before and after',
    a: '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
    b: '1\n2\n3\n4\nfive\n6\n7\n8\n9\n',
    lines: ['--- version 1', '+++ version 2', '@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8', ''],
  },
  {
    name: 'a first text is all additions after line 0',
    a: '',
    b: 'x\ny\n',
    lines: ['--- version 1', '+++ version 2', '@@ -0,0 +1,2 @@', '+x', '+y', ''],
  },
  {
    name: 'a line end that goes away is a change, and is said',
    a: 'x\n',
    b: 'x',
    lines: ['--- version 1', '+++ version 2', '@@ -1 +1 @@', '-x', '+x', '\\ No newline at end of file', ''],
  },
]
for (const { name, a, b, lines } of cases) {
  test(name, () => assert.deepEqual(diffText(a, b, names).split('\n'), lines))
}

test('far changes make two hunks, near ones share one', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`)
  const change = (...at: number[]) => lines.map((line, index) => (at.includes(index) ? 'changed\n' : line)).join('')
  const hunks = (b: string) => diffText(lines.join(''), b, names).split('\n@@').length - 1
  assert.equal(hunks(change(5, 20)), 2)
  assert.equal(hunks(change(5, 11)), 1)
})

test('applying a diff to the old text gives the new one, for any two texts', () => {
  const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'a', '--- x\n', '@@\n', 'ü\r\n'), { maxLength: 40 })
  fc.assert(
    fc.property(text, text, (left, right) => {
      const [a, b] = [left.join(''), right.join('')]
      assert.equal(apply(a, diffText(a, b, names)), b)
    }),
    { numRuns: 1000 },
  )
})

test('texts too large for the table are still answered quickly and rightly', () => {
  const a = Array.from({ length: 20_000 }, (_, index) => `a ${index}\n`).join('')
  const b = Array.from({ length: 20_000 }, (_, index) => `b ${index}\n`).join('')
  const started = performance.now()
  assert.equal(apply(a, diffText(a, b, names)), b)
  assert.ok(performance.now() - started < 2000)
})

function apply(text: string, diff: string): string {
  if (diff === '') return text
  const source = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const out: string[] = []
  let at = 0
  let lastMark = ''
  let left = { a: 0, b: 0 }
  for (const line of diff.match(/[^\n]*\n/g)?.slice(2) ?? []) {
    const head = left.a + left.b === 0 ? /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@\n$/.exec(line) : null
    if (line.startsWith('\\')) {
      const bare = (out.at(-1) ?? '').replace(/\n$/, '')
      if (lastMark !== '-') out[out.length - 1] = bare
      continue
    }
    if (head !== null) {
      left = { a: Number(head[2] ?? 1), b: Number(head[3] ?? 1) }
      const start = left.a === 0 ? Number(head[1]) : Number(head[1]) - 1
      out.push(...source.slice(at, start))
      at = start
      continue
    }
    lastMark = line[0] ?? ''
    assert.ok(' -+'.includes(lastMark) && lastMark !== '', `unexpected line ${JSON.stringify(line)}`)
    if (lastMark !== '+') {
      assert.equal(source[at]?.replace(/\n$/, ''), line.slice(1).replace(/\n$/, ''))
      at++
      left.a--
    }
    if (lastMark !== '-') {
      out.push(line.slice(1))
      left.b--
    }
  }
  assert.deepEqual(left, { a: 0, b: 0 })
  return [...out, ...source.slice(at)].join('')
}
