/** The record keeps entries for ever: what workers send to it is bounded in time, and nothing is lost unsaid. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TokenNotes } from '../../../src/processes/worker/token-notes.ts'
import type { TokenUse } from '../../../src/token/token-use.ts'

const MINUTE_MS = 60_000
const taken = (changes: Partial<TokenUse> = {}): TokenUse => ({
  ...{ service: 'hosts', caller: '192.0.2.1', names: [], token: 't1', holder: 'desk-7', to: 'a.example:992' },
  ...{ error: '', reason: '', timeMs: 1000 },
  ...changes,
})
const refused = (changes: Partial<TokenUse> = {}): TokenUse =>
  taken({ token: '', holder: '', to: '', error: 'CALLER_TOKEN_REFUSED', reason: 'the token is missing', ...changes })

describe('notes of tokens', () => {
  it('tell a use at once, and the same again once a minute with how often and when first', () => {
    const notes = new TokenNotes()
    notes.note(taken())
    const { timeMs: _, ...what } = taken()
    assert.deepEqual(notes.take(2000), { notes: [{ ...what, count: 1, firstMs: 1000, lastMs: 1000 }], lost: 0 })
    for (const timeMs of [3000, 4000, 5000]) notes.note(taken({ timeMs }))
    assert.equal(notes.take(6000), undefined)
    const later = notes.take(2000 + MINUTE_MS)
    assert.deepEqual(later, { notes: [{ ...what, count: 3, firstMs: 3000, lastMs: 5000 }], lost: 0 })
    assert.equal(notes.take(2000 + 2 * MINUTE_MS), undefined)
  })

  it('tell apart what differs in anything, and tell all at the end', () => {
    const notes = new TokenNotes()
    const uses = [
      taken(),
      taken({ token: 't2' }),
      taken({ caller: '192.0.2.2' }),
      taken({ names: ['cn:desk'] }),
      taken({ error: 'BACKEND_CONNECT_REFUSED', reason: 'nothing listens' }),
      refused(),
      refused({ reason: 'the token has expired' }),
    ]
    for (const use of [...uses, ...uses]) notes.note(use)
    assert.equal(notes.take(1000)?.notes.length, uses.length)
    for (const use of uses) notes.note(use)
    assert.equal(notes.take(1001), undefined)
    assert.equal(notes.take(1001, { all: true })?.notes.length, uses.length)
  })

  it('take sixteen kinds of refusal a minute, whoever makes them up, and count the others', () => {
    const notes = new TokenNotes()
    const flood = () => {
      for (let n = 0; n < 1000; n += 1) notes.note(refused({ caller: `2001:db8::${n}` }))
    }
    flood()
    notes.note(taken())
    const first = notes.take(1000)
    assert.deepEqual([first?.notes.length, first?.lost], [17, 984])
    for (let second = 1; second < 60; second += 1) {
      flood()
      assert.equal(notes.take(1000 + second * 1000), undefined)
    }
    const next = notes.take(1000 + MINUTE_MS)
    const sum = next?.notes.reduce((all, { count }) => all + count, next.lost)
    assert.deepEqual([next?.notes.length, sum], [16, 59_000])
  })

  it('let a kind go that has not come again for a minute, so that others have its place', () => {
    const notes = new TokenNotes()
    for (let n = 0; n < 16; n += 1) notes.note(refused({ caller: `192.0.2.${n}` }))
    notes.take(1000)
    notes.take(1000 + MINUTE_MS)
    notes.note(refused({ caller: '198.51.100.1' }))
    assert.deepEqual(
      notes.take(2000 + MINUTE_MS)?.notes.map(({ caller }) => caller),
      ['198.51.100.1'],
    )
  })
})
