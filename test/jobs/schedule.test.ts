import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { startJobs } from '../../src/jobs/schedule.ts'

const everySecond = '* * * * * *'

test('a job runs at its time, again and again, until the jobs are ended', async (t) => {
  const twice = Promise.withResolvers<void>()
  let runs = 0
  const run = async () => {
    runs += 1
    if (runs === 2) twice.resolve()
  }
  const keepsAlive = setInterval(() => {}, 1000)
  t.after(() => clearInterval(keepsAlive))
  const end = startJobs([{ name: 'counting', cron: everySecond, run }], () => assert.fail('it does not fail'))
  await twice.promise
  end()
  assert.equal(runs, 2)
})

test('a job that fails is told with its error and runs again; a job is not run beside itself', async (t) => {
  const keepsAlive = setInterval(() => {}, 1000)
  t.after(() => clearInterval(keepsAlive))
  const failures: SidecarError[] = []
  const again = Promise.withResolvers<void>()
  let beside = 0
  const slow = {
    name: 'slow',
    cron: everySecond,
    run: () => {
      beside += 1
      return new Promise<void>(() => {})
    },
  }
  const failing = {
    name: 'failing',
    cron: everySecond,
    run: async () => {
      if (failures.length === 1) throw new TypeError('by accident')
      throw new SidecarError('BACKEND_FETCH_FAILED', 'nothing came')
    },
  }
  const end = startJobs([slow, failing], ({ name }, error) => {
    assert.equal(name, 'failing')
    failures.push(error)
    if (failures.length === 2) again.resolve()
  })
  await again.promise
  end()
  assert.deepEqual(
    failures.map(({ code, message }) => [code, message]),
    [
      ['BACKEND_FETCH_FAILED', 'nothing came'],
      ['INTERNAL_ERROR', 'by accident'],
    ],
  )
  assert.equal(beside, 1)
})
