import assert from 'node:assert/strict'
import { it } from 'node:test'
import { byBackendLabel } from '../../src/observe/by-backend-label.ts'

const told = (backend: string, isNamed = true) => ({ backend, isNamed })

it('gives a label of their own to backends that the configuration names, and one to all that callers chose', () => {
  const groups = byBackendLabel([told('a:1'), told('evil:1', false), told('b:1'), told('evil:2', false)])
  assert.deepEqual(
    [...groups].map(([label, group]) => `${label} ${group.length}`),
    ['a:1 1', '_other 2', 'b:1 1'],
  )
})

it('gives no more labels than a scrape can bear', () => {
  const groups = byBackendLabel(Array.from({ length: 600 }, (_, nth) => told(`n${nth}:443`)))
  assert.deepEqual([groups.size, groups.get('_other')?.length], [501, 100])
})
