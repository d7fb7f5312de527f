import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WaitingLine } from '../../../../src/processes/control/trials/waiting-line.ts'

test('rehearsals run one after the other, whatever becomes of each, and the fifth is refused', async () => {
  const line = new WaitingLine('rehearsals', 4)
  const said: string[] = []
  const doors = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const rehearsals = doors.map(({ promise }, index) =>
    line.take(async () => {
      said.push(`${index} begins`)
      await promise
      said.push(`${index} ends`)
      if (index === 1) throw new Error('broken')
      return index
    }),
  )
  await assert.rejects(
    line.take(async () => 4),
    { code: 'OPERATOR_BUSY', message: /4 rehearsals are under way or waiting/ },
  )
  for (const { resolve } of doors.toReversed()) resolve()
  const ended = await Promise.allSettled(rehearsals)
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
  assert.deepEqual(
    said,
    [0, 1, 2, 3].flatMap((index) => [`${index} begins`, `${index} ends`]),
  )
  assert.equal(await line.take(async () => 5), 5)
})
