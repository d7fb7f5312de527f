/** Lists in pages: what stands on each, what the next one begins with, and what is not looked at for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageFrom, pageWhere } from '../../../src/admin/handlers/pages.ts'

const all = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4']
const isA = (entry: string) => entry.startsWith('a')
const page = async (limit: number, cursor: string | undefined, matches?: (entry: string) => boolean) => {
  const cut = { limit, cursor, cursorOf: (entry: string) => entry }
  return matches === undefined ? pageFrom(all, cut) : await pageWhere(all, cut, matches)
}

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
for (const [why, found, expectedItems, expectedNext] of pages) {
  test(`a page: ${why}`, async () => {
    const { items, next } = await found
    assert.deepEqual([items, next], [expectedItems, expectedNext])
  })
}

test('no more entries are looked at than it takes to know that another page follows', async () => {
  const seen: string[] = []
  await page(1, undefined, (entry) => {
    seen.push(entry)
    return isA(entry)
  })
  assert.deepEqual(seen, ['a1', 'b1', 'a2'])
})

test('a long list is looked through in pieces, between which everything else goes on', async () => {
  const long = Array.from({ length: 2000 }, (_, n) => `${n}`)
  let at = 0
  const seen: number[] = []
  const timer = setInterval(() => seen.push(at), 0)
  const { items } = await pageWhere(long, { limit: 1, cursor: undefined, cursorOf: (entry) => entry }, (entry) => {
    at = Number(entry)
    return false
  })
  clearInterval(timer)
  assert.deepEqual(items, [])
  assert.ok(seen.length > 0 && seen.every((each) => each < 1999), seen.join())
})
