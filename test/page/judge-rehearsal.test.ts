import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Rehearsal } from '../../src/admin/contract.ts'
import { type Judgement, judgeRehearsal } from '../../src/page/review/judge-rehearsal.ts'

const none = { breaks: 0, 'no-longer-trusted': 0, 'newly-allowed': 0, 'newly-trusted': 0, unreachable: 0, unchanged: 0 }

describe('a rehearsal is called', () => {
  const rows: [tone: Judgement['tone'], why: string, counts: Partial<Rehearsal['counts']>, notTried?: string[]][] = [
    ['good', 'where all stays as it is', { unchanged: 3 }],
    ['good', 'where somebody is newly trusted', { 'newly-trusted': 1 }],
    ['bad', 'where one would break', { breaks: 1, unchanged: 3 }],
    ['bad', 'where one that is refused would be let through', { 'newly-allowed': 1, unchanged: 3 }],
    ['doubtful', 'where one is no longer trusted', { 'no-longer-trusted': 1 }],
    ['doubtful', 'where one could not be reached', { unchanged: 3, unreachable: 1 }],
    ['doubtful', 'where there was no time for one', { unchanged: 3 }, ['late.example:443']],
  ]
  for (const [tone, why, counts, notTried = []] of rows) {
    it(`${tone} ${why}`, () => {
      const rest = { backends: [], against: 1, warnings: [], elapsedMs: 1 }
      assert.equal(judgeRehearsal({ ...rest, counts: { ...none, ...counts }, notTried }).tone, tone)
    })
  }

  it('doubtful where there was none', () => {
    assert.deepEqual(judgeRehearsal(null), { breaking: 0, letThrough: 0, untold: 0, tone: 'doubtful' })
  })
})
