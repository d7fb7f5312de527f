import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesFrom, problemsOf, showProblems } from '../../src/cli/show-problems.ts'
import { SidecarError } from '../../src/errors.ts'
import type { Problem } from '../../src/policy/document/problem.ts'

const plain = (_: string, text: string) => text

function show(text: string, place: Partial<Problem>): string[] {
  const problem: Problem = {
    file: 'p.yaml',
    line: 1,
    column: 1,
    path: '',
    message: 'is odd',
    severity: 'error',
    ...place,
  }
  return showProblems([problem], { lineOf: linesFrom(new Map([['p.yaml', text]])), paint: plain })
}

describe('problems on a terminal', () => {
  it('show the line with a caret under the column', () => {
    assert.deepEqual(show('a: 1\nspec: { x: 2 }\n', { line: 2, column: 9, path: 'spec.x' }), [
      'p.yaml:2:9 spec.x: is odd',
      '  2 | spec: { x: 2 }',
      '    |         ^',
    ])
  })

  it('put the caret under the sign behind a tab', () => {
    const [, line, caret] = show('\tx: 2', { column: 2 })
    assert.equal(line?.indexOf('x'), caret?.indexOf('^'))
  })

  it('cut a long line down to what is around the column', () => {
    const [, line, caret] = show(`${'x'.repeat(5000)}Y${'z'.repeat(5000)}`, { column: 5001 })
    assert.ok((line as string).length < 200)
    assert.equal(line?.indexOf('Y'), caret?.indexOf('^'))
  })

  it('let nothing from the file act on the terminal', () => {
    const [, line] = show('x: \u001b[2J\u0007', { column: 1 })
    assert.doesNotMatch(line as string, /\p{Cc}/u)
  })

  it('say the place alone where the line is not to be had', () => {
    assert.deepEqual(show('', { file: '/nowhere.yaml', line: 3, column: 2 }), ['/nowhere.yaml:3:2: is odd'])
  })

  it('name a flag or a variable, which have no line', () => {
    assert.deepEqual(show('', { file: 'environment', line: 0, path: 'VEDETTE_X' }), ['environment: VEDETTE_X: is odd'])
  })

  it('come out of an error that carries them, and are made of one that does not', () => {
    const problem: Problem = { file: 'a', line: 1, column: 1, path: '', message: 'x', severity: 'error' }
    const carrying = new SidecarError('OPERATOR_BAD_DOCUMENT', 'x', { details: { problems: [problem] } })
    assert.deepEqual(problemsOf(carrying, 'b'), [problem])
    const [made] = problemsOf(new SidecarError('OPERATOR_BAD_TRUST_STORE', 'no store'), 'b')
    assert.deepEqual([made?.file, made?.line, made?.message], ['b', 0, 'no store'])
  })
})
