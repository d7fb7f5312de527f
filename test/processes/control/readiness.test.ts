import assert from 'node:assert/strict'
import { test } from 'node:test'
import { healthChecks, type Knowledge } from '../../../src/processes/control/readiness.ts'
import type { GenerationOverview, WorkerState } from '../../../src/processes/messages.ts'
import { makeSnapshot } from '../../kit/make-snapshot.ts'

const load = { callers: 0, requests: 0, tunnels: 0 }
const live = (...states: WorkerState[]): GenerationOverview => ({
  number: 1,
  version: 1,
  state: 'live',
  workers: states.map((state, pid) => ({ pid, state, load })),
})
const fine: Knowledge = {
  snapshot: { ...makeSnapshot(), version: 8 },
  rejected: undefined,
  alarms: [],
  overview: { addresses: [], generations: [live('accepting', 'accepting')], crashLoop: false, intolerant: [] },
  started: true,
  stopping: false,
}
const rejected = { of: 'policy', trigger: 'policy-file', message: 'bad', timeMs: 0 } as const

const rows: { name: string; known: Partial<Knowledge>; failing: string[]; detail?: string }[] = [
  { name: 'an instance that serves is ready', known: {}, failing: [], detail: 'v8 running' },
  {
    name: 'a rejected version does not make it unready',
    known: { rejected },
    failing: [],
    detail: 'v8 running, the change of 1970-01-01T00:00:00Z (policy-file) was rejected: bad',
  },
  {
    name: 'rejected settings do not either',
    known: { rejected: { ...rejected, of: 'settings' } },
    failing: [],
    detail: 'v8 running, the settings change of 1970-01-01T00:00:00Z (policy-file) was rejected: bad',
  },
  { name: 'a store that turned bad does not either', known: { alarms: ['corp is bad'] }, failing: [] },
  {
    name: 'before the first generation it is neither started nor ready',
    known: { snapshot: undefined, started: false, overview: { ...fine.overview, generations: [] } },
    failing: ['started', 'policy', 'workers'],
  },
  {
    name: 'one worker that accepts is enough',
    known: { overview: { ...fine.overview, generations: [live('accepting', 'starting')] } },
    failing: [],
  },
  {
    name: 'no worker that accepts is not',
    known: { overview: { ...fine.overview, generations: [live('starting', 'ready')] } },
    failing: ['workers'],
  },
  {
    name: 'a crash loop makes it unready though some still serve',
    known: { overview: { ...fine.overview, crashLoop: true } },
    failing: ['workers'],
  },
  { name: 'a shutdown makes it unready', known: { stopping: true }, failing: ['draining'] },
]
for (const row of rows) {
  test(row.name, () => {
    const checks = healthChecks({ ...fine, ...row.known })
    assert.deepEqual(
      checks.filter(({ ok }) => !ok).map(({ name }) => name),
      row.failing,
    )
    if (row.detail !== undefined) assert.equal(checks.find(({ name }) => name === 'policy')?.detail, row.detail)
  })
}

test('liveness depends on nothing that a restart would not mend', () => {
  const worst = { ...fine, snapshot: undefined, started: false, stopping: true }
  const live = healthChecks(worst).filter(({ paths }) => paths.includes('livez'))
  assert.deepEqual(
    live.map(({ ok }) => ok),
    [true],
  )
})
