import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Applied } from '../../../../src/processes/control/control-protocol.ts'
import { ApplyQueue } from '../../../../src/processes/control/versions/apply-queue.ts'
import type { Candidate, Change, Reload } from '../../../../src/processes/control/versions/change.ts'

const reload: Reload = { kind: 'reload', trigger: 'policy-file', author: 'file' }
const candidate: Candidate = {
  kind: 'candidate',
  trigger: 'cli',
  source: 'cli',
  text: '',
  file: 'candidate.yaml',
  author: 'ann',
  comment: '',
}
const applied: Applied = { version: 1, generation: 1, unchanged: false, warnings: [], elapsedMs: 0 }

/** A queue whose changes are carried out one by one when `finish` is called. */
function heldQueue() {
  const begun: Change[] = []
  const gates: PromiseWithResolvers<Applied>[] = []
  const queue = new ApplyQueue((change, progress) => {
    begun.push(change)
    progress({ stage: 'validated', message: String(begun.length), elapsedMs: 0 })
    const gate = Promise.withResolvers<Applied>()
    gates.push(gate)
    return gate.promise
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const finish = async (index: number, error?: Error) => {
    if (error === undefined) gates[index]?.resolve(applied)
    else gates[index]?.reject(error)
    await turn()
  }
  return { queue, begun, finish, turn }
}

test('changes are carried out one after the other, in their order', async () => {
  const { queue, begun, finish, turn } = heldQueue()
  void queue.add(candidate)
  void queue.add(reload)
  await turn()
  assert.deepEqual(begun, [candidate])
  await finish(0)
  assert.deepEqual(begun, [candidate, reload])
})

test('a reload that wants fresh workers is not done by one that does not', async () => {
  const { queue, begun, finish, turn } = heldQueue()
  void queue.add(candidate)
  void queue.add(reload)
  void queue.add({ ...reload, afresh: true })
  await turn()
  await finish(0)
  await finish(1)
  assert.deepEqual(begun, [candidate, reload, { ...reload, afresh: true }])
})

test('a change that fails does not hold up the next one', async () => {
  const { queue, begun, finish, turn } = heldQueue()
  const failing = assert.rejects(queue.add(candidate), /broken/)
  void queue.add(reload)
  await turn()
  await finish(0, new Error('broken'))
  await failing
  assert.equal(begun.length, 2)
})

test('reloads that wait are carried out once, and everybody hears of it', async () => {
  const { queue, begun, finish, turn } = heldQueue()
  void queue.add(candidate)
  const heard: string[] = []
  const both = Promise.all([
    queue.add(reload, ({ stage }) => heard.push(`first ${stage}`)),
    queue.add(reload, ({ stage }) => heard.push(`second ${stage}`)),
  ])
  await turn()
  await finish(0)
  await finish(1)
  assert.deepEqual(await both, [applied, applied])
  assert.equal(begun.length, 2)
  assert.deepEqual(heard, ['first validated', 'second validated'])
})

test('a reload that comes while another one reads the files is carried out too', async () => {
  const { queue, begun, finish, turn } = heldQueue()
  void queue.add(reload)
  await turn()
  void queue.add(reload)
  await finish(0)
  assert.equal(begun.length, 2)
})

test('a reload is not moved ahead of a candidate that came before it', async () => {
  const { queue, begun, finish, turn } = heldQueue()
  void queue.add(candidate)
  void queue.add(reload)
  void queue.add(candidate)
  void queue.add(reload)
  await turn()
  for (const index of [0, 1, 2, 3]) await finish(index)
  assert.deepEqual(
    begun.map(({ kind }) => kind),
    ['candidate', 'reload', 'candidate', 'reload'],
  )
})
