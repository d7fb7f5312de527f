/** Lists in pages: what stands on each, what the next one begins with, and what is not looked at for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageFrom } from '../../../src/admin/handlers/pages.ts'

const all = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4']
const isA = (entry: string) => entry.startsWith('a')
const page = (limit: number, cursor: string | undefined, matches?: (entry: string) => boolean) =>
  pageFrom(all, { limit, cursor, cursorOf: (entry) => entry }, matches)

const pages: readonly [why: string, ReturnType<typeof page>, items: string[], next: string | null][] = [
  ['the first', page(3, undefined), ['a1', 'b1', 'a2'], 'a2'],
  ['the next', page(3, 'a2'), ['b2', 'a3', 'b3'], 'b3'],
  ['the last, which is not full', page(3, 'b3'), ['a4'], null],
  ['one that is full and the last', page(7, undefined), all, null],
  ['a cursor that is gone begins anew', page(2, 'z'), ['a1', 'b1'], 'b1'],
  ['the first of those that match', page(2, undefined, isA), ['a1', 'a2'], 'a2'],
  ['the next of those', page(2, 'a2', isA), ['a3', 'a4'], null],
  ['behind an entry that does not match', page(2, 'b2', isA), ['a3', 'a4'], null],
  ['none that matches', page(2, undefined, () => false), [], null],
]
for (const [why, { items, next }, expectedItems, expectedNext] of pages) {
  test(`a page: ${why}`, () => assert.deepEqual([items, next], [expectedItems, expectedNext]))
}

test('no more entries are looked at than it takes to know that another page follows', () => {
  const seen: string[] = []
  page(1, undefined, (entry) => {
    seen.push(entry)
    return isA(entry)
  })
  assert.deepEqual(seen, ['a1', 'b1', 'a2'])
})
