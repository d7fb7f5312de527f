import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DatedSets, datedSets, defaultSpan } from '../../../src/policy/catalogue/default-sets.ts'
import { newestProfile } from '../../../src/policy/catalogue/profiles.ts'

const set = (...ciphers: string[]) => ({
  protocols: ['TLSv1.3' as const],
  ciphers,
  groups: [],
  signatureAlgorithms: [],
})
const sets: DatedSets = {
  '2026-11': set('A', 'B', 'D'),
  '2027-05': set('A', 'C'),
  '2027-11': set('A', 'C', 'D'),
}

describe('the history of the default sets', () => {
  it('is in the order of its months, and its last one is what holds without a name', () => {
    assert.equal(Object.keys(datedSets).at(-1), newestProfile)
    assert.deepEqual(Object.keys(datedSets), Object.keys(datedSets).toSorted())
  })

  const rows: readonly (readonly [string, string | undefined, string | undefined, string])[] = [
    ['A', '2026-11', undefined, 'always there'],
    ['B', '2026-11', '2027-05', 'taken out by the second set'],
    ['C', '2027-05', undefined, 'came with the second set'],
    ['D', '2026-11', undefined, 'taken out and taken back'],
    ['E', undefined, undefined, 'never there'],
  ]
  for (const [name, since, until, why] of rows) {
    it(`tells since and until when: ${why}`, () => {
      assert.deepEqual(defaultSpan('ciphers', name, sets), { since, until })
    })
  }
})
