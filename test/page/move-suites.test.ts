import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { add, remove, shift } from '../../src/page/outgoing-tls/move-suites.ts'

describe('suites are moved', () => {
  const list = ['a', 'b', 'c', 'd']
  const rows: [why: string, result: readonly string[], expected: string][] = [
    ['added ones come last, in the order given', add(list, ['f', 'e']), 'abcdfe'],
    ['one that is there already stays where it is', add(list, ['a', 'e']), 'abcde'],
    ['removed ones are gone', remove(list, ['b', 'd']), 'ac'],
    ['one at least stays: a hello without a suite is none', remove(list, list), 'a'],
    ['up by one', shift(list, ['c'], -1), 'acbd'],
    ['down by one', shift(list, ['b'], 1), 'acbd'],
    ['the first cannot go up', shift(list, ['a'], -1), 'abcd'],
    ['the last cannot go down', shift(list, ['d'], 1), 'abcd'],
    ['neighbours move together', shift(list, ['b', 'c'], -1), 'bcad'],
    ['at the edge those behind close up', shift(list, ['a', 'c'], -1), 'acbd'],
    ['and stay together once they have', shift(list, ['a', 'b'], -1), 'abcd'],
    ['two apart move by one each', shift(list, ['b', 'd'], -1), 'badc'],
    ['two apart move down by one each', shift(list, ['a', 'c'], 1), 'badc'],
  ]
  for (const [why, result, expected] of rows) it(why, () => assert.equal(result.join(''), expected))

  it('no order is ever lost by a shift: down undoes up for what did move', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(names, fc.nat(), (all, at) => {
        const name = all[at % all.length] as string
        const up = shift(all, [name], -1)
        assert.deepEqual(up.toSorted(), all.toSorted())
        assert.deepEqual(all[0] === name ? up : shift(up, [name], 1), all)
      }),
    )
  })
})
