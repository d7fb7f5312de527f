import assert from 'node:assert/strict'
import { it } from 'node:test'
import { counted } from '../../src/cli/counted.ts'

it('counts one thing as one, and none or several as many', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'warning')),
    ['0 warnings', '1 warning', '2 warnings'],
  )
  assert.deepEqual(
    [1, 2].map((count) => counted(count, 'entry', 'entries')),
    ['1 entry', '2 entries'],
  )
})
