/** How long a version may wait for its confirmation, whatever becomes of the clock meanwhile. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { closeHistory, openHistory } from '../../../../src/history/open-history.ts'
import { recordVersion } from '../../../../src/history/versions.ts'
import { Confirmation } from '../../../../src/processes/control/versions/confirmation.ts'
import { stateFolder, versionEntry } from '../../../history/history-kit.ts'

const NOON = Date.UTC(2026, 10, 30, 12)
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000]

/** A version that waits for so long, under timers and a clock of the test's own. */
async function waitingFor(t: TestContext, ms: number) {
  const clock = { ms: NOON }
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(Date, 'now', () => clock.ms)
  const history = await openHistory(stateFolder(t))
  recordVersion(history, versionEntry())
  recordVersion(history, versionEntry({ text: 'new\n', confirm: { deadlineMs: NOON + ms, revertTo: 1 } }))
  const reverted: string[] = []
  const revert = async (_: unknown, why: string) => void reverted.push(why)
  const confirmation = new Confirmation({ history, revert, watching: undefined, changed: () => {} })
  t.after(() => {
    confirmation.close()
    closeHistory(history)
  })
  confirmation.arm()
  const pass = (passed: number) => {
    clock.ms += passed
    t.mock.timers.tick(passed)
  }
  return { confirmation, reverted, pass, clock }
}

for (const [why, jumpMs] of [
  ['stays as it is', 0],
  ['goes back by a day', -DAY_MS],
  ['goes forward by ten years', 3650 * DAY_MS],
] as const) {
  test(`an unconfirmed version goes when its time is over and not before, where the clock ${why}`, async (t) => {
    const { reverted, pass, clock } = await waitingFor(t, 5 * MINUTE_MS)
    pass(4 * MINUTE_MS)
    clock.ms += jumpMs
    pass(MINUTE_MS - 1)
    assert.deepEqual(reverted, [])
    pass(1)
    assert.deepEqual(reverted, ['nobody confirmed it in time'])
  })
}

test('a wait that is longer than a timer can be is waited for to its end', async (t) => {
  const { reverted, pass } = await waitingFor(t, 60 * DAY_MS)
  for (let day = 0; day < 59; day += 1) pass(DAY_MS)
  assert.deepEqual(reverted, [])
  pass(DAY_MS)
  assert.equal(reverted.length, 1)
})

test('a version that was confirmed stays', async (t) => {
  const { confirmation, reverted, pass } = await waitingFor(t, 5 * MINUTE_MS)
  confirmation.confirm()
  pass(10 * MINUTE_MS)
  assert.deepEqual(reverted, [])
})
