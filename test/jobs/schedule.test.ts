/** Jobs by a clock of the test's own: when they run, and that no clock on a machine makes a storm or a silence of them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { type Job, startJobs } from '../../src/jobs/schedule.ts'

const NOON = Date.UTC(2026, 10, 30, 12)
const DAY_MS = 86_400_000

/**
 * Starts one job under timers and a clock of the test's own; gives what lets seconds pass, and what sets the clock alone.
 * Both are mocked apart, because timers do not follow a clock that is set.
 */
function started(t: TestContext, cron: string, run: Job['run'], failed: (error: SidecarError) => void = assert.fail) {
  let wallMs = NOON
  class Clock extends Date {
    constructor(...of: [] | [number]) {
      super(of[0] ?? wallMs)
    }
    static override now(): number {
      return wallMs
    }
  }
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const real = globalThis.Date
  globalThis.Date = Clock as DateConstructor
  const end = startJobs([{ name: 'counting', cron, run }], (_, error) => failed(error))
  t.after(() => {
    end()
    globalThis.Date = real
  })
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second += 1) {
      wallMs += 1000
      t.mock.timers.tick(1000)
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    }
  }
  const setClock = (ms: number) => {
    wallMs += ms
  }
  return { seconds, setClock, end }
}

const rows: [cron: string, runsInTenMinutes: number][] = [
  ['* * * * * *', 600],
  ['*/5 * * * * *', 120],
  ['* * * * *', 10],
  ['3 * * * *', 1],
]
for (const [cron, runsInTenMinutes] of rows) {
  test(`the times ${cron} are ${runsInTenMinutes} runs in ten minutes, until the jobs are ended`, async (t) => {
    let runs = 0
    const count = async () => {
      runs += 1
    }
    const { seconds, end } = started(t, cron, count)
    await seconds(600)
    assert.equal(runs, runsInTenMinutes)
    end()
    await seconds(600)
    assert.equal(runs, runsInTenMinutes)
  })
}

test('a job that fails is told with its error and runs again', async (t) => {
  const failures: SidecarError[] = []
  const run = async () => {
    if (failures.length === 1) throw new TypeError('by accident')
    throw new SidecarError('BACKEND_FETCH_FAILED', 'nothing came')
  }
  const { seconds } = started(t, '* * * * * *', run, (error) => failures.push(error))
  await seconds(2)
  assert.deepEqual(
    failures.map(({ code, message }) => [code, message]),
    [
      ['BACKEND_FETCH_FAILED', 'nothing came'],
      ['INTERNAL_ERROR', 'by accident'],
    ],
  )
})

test('a job is not run beside itself, and again once it is done', async (t) => {
  let begun = 0
  let done = () => {}
  const run = () => {
    begun += 1
    return new Promise<void>((resolve) => {
      done = resolve
    })
  }
  const { seconds } = started(t, '* * * * * *', run)
  await seconds(10)
  assert.equal(begun, 1)
  done()
  await seconds(2)
  assert.equal(begun, 2)
})

const jumps: [why: string, ms: number, runsAtOnce: number][] = [
  ['ten years forward', 3650 * DAY_MS, 1],
  ['a night forward, as of a machine that slept', DAY_MS / 3, 1],
  ['a day back', -DAY_MS, 0],
  ['ten years back', -3650 * DAY_MS, 0],
]
for (const [why, ms, runsAtOnce] of jumps) {
  test(`a clock that goes ${why} makes ${runsAtOnce} runs of what was missed, and the times go on`, async (t) => {
    let runs = 0
    const count = async () => {
      runs += 1
    }
    const { seconds, setClock } = started(t, '*/10 * * * * *', count)
    await seconds(15)
    assert.equal(runs, 1)
    const before = process.threadCpuUsage().user
    setClock(ms)
    await seconds(60)
    // The one that was under way when the clock went back is late by up to a minute; from then on all is as before.
    assert.ok(runs - 1 <= 6 + runsAtOnce, `${runs} runs`)
    const soFar = runs
    await seconds(60)
    assert.equal(runs - soFar, 6)
    assert.ok(process.threadCpuUsage().user - before < 1_000_000)
  })
}
