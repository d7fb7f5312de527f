import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { GatedConnect, type Leave, type Passage } from '../../src/proxy/connect-gate.ts'
import { RequestRecord } from '../../src/proxy/request-record.ts'
import type { CallerConnection, Work } from '../../src/proxy/work.ts'

const leave: Leave = { to: 'a.example:992', names: ['subject:x'], innerNames: 'checked' }
const asked = { requestId: '1', entrance: 'hosts', caller: '192.0.2.1', callerPort: 1 }
const origin = { ...asked, version: 1, generation: 1, refusalMessage: '' }

function gate(admitted: Promise<Leave>, open: () => Work) {
  const passages: [hasLeave: boolean, error: string][] = []
  const record = new RequestRecord(origin)
  const work = new GatedConnect({
    caller: { wire: { write: () => true }, done: () => {} } as unknown as CallerConnection,
    record,
    leave: admitted,
    known: { protocol: 'TLSv1.3', names: [], warning: '' },
    open,
    finished: (done) => void done.close(),
    settled: ({ leave: found, access }: Passage) => passages.push([found === leave, access.error]),
  })
  work.start()
  return { record, work, passages }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))
const tunnel = { start: () => {} } as unknown as Work

test('a request is settled once, when its tunnel stands, however long that goes on', async () => {
  const { record, passages } = gate(Promise.resolve(leave), () => tunnel)
  await settle()
  assert.deepEqual(passages, [])
  record.answered(200)
  assert.deepEqual(passages, [[true, '']])
  record.close()
  assert.equal(passages.length, 1)
})

test('a request without leave is settled with why, and one that the policy refuses with both', async () => {
  const refused = gate(Promise.reject(new SidecarError('CALLER_TOKEN_REFUSED', 'no')), () => tunnel)
  await settle()
  assert.deepEqual(refused.passages, [[false, 'CALLER_TOKEN_REFUSED']])
  const denied = gate(Promise.resolve(leave), () => {
    throw new SidecarError('POLICY_UNLISTED', 'no rule')
  })
  await settle()
  assert.deepEqual(denied.passages, [[true, 'POLICY_UNLISTED']])
})

test('a caller that leaves while its token is judged has used it all the same', async () => {
  const judging = Promise.withResolvers<Leave>()
  const { work, passages } = gate(judging.promise, () => assert.fail('nobody is there any more'))
  work.callerClosed(undefined)
  judging.resolve(leave)
  await settle()
  assert.deepEqual(passages, [
    [false, 'CALLER_LEFT'],
    [true, 'CALLER_LEFT'],
  ])
})
