/** A version on probation goes by itself, unless somebody confirms it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const policy = (n: number) => policyFor(['all.localhost', `v${n}.localhost`])

async function running(t: TestContext) {
  const instance = startInstance(t, { policy: policy(1) })
  return { instance, proxyPort: await instance.up }
}

test('an unconfirmed version reverts to the one before, as a new version', async (t) => {
  const { instance } = await running(t)
  const { pending } = await instance.apply(policy(2), { confirmWithinMs: 300 })
  assert.equal(pending?.revertTo, 1)
  await instance.logged('policy.applied', ({ version, trigger }) => version === 3 && trigger === 'revert')
  const { version, pending: none } = await instance.status()
  assert.deepEqual([version?.source, version?.comment], ['revert', 'version 2 is undone: nobody confirmed it in time'])
  assert.equal(none, null)
  assert.equal(readFileSync(instance.policyFile, 'utf8'), policy(1))
})

test('a confirmed version stays, and there is nothing to confirm twice', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  assert.deepEqual(await instance.ask('confirm', { author: 'ann' }), { version: 2 })
  assert.equal((await instance.status()).pending, null)
  await assert.rejects(
    instance.ask('confirm', { author: 'ann' }),
    (error) => error instanceof SidecarError && error.code === 'OPERATOR_NOTHING_TO_CONFIRM',
  )
})

test('a second unconfirmed version goes back to what was confirmed last', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  const { pending } = await instance.apply(policy(3), { confirmWithinMs: 60_000 })
  assert.equal(pending?.revertTo, 1)
})

test('the deadline holds across a death of control', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 1500 })
  process.kill((await instance.status()).pids.control, 'SIGKILL')
  await instance.logged('policy.applied', ({ version, trigger }) => version === 3 && trigger === 'revert')
})

test('the deadline holds across a stop of the whole instance', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 200 })
  instance.signal('SIGTERM')
  await instance.ended
  const next = startInstance(t, { policy: policy(2), folder: instance.folder })
  await next.up
  await next.logged('policy.applied', ({ version, trigger }) => version === 3 && trigger === 'revert')
  assert.equal(readFileSync(next.policyFile, 'utf8'), policy(1))
})

test('a version that refuses too much reverts at once', async (t) => {
  const { instance, proxyPort } = await running(t)
  const backend = await startPlainBackend(t)
  await instance.apply(policy(2), { confirmWithinMs: 3_600_000, revertOnRefusals: 0.5 })
  const ask = (n: number) => requestThrough(proxyPort, `http://v${n}.localhost:${backend.port}/`)
  for (let n = 0; n < 20; n += 1) await ask(1)
  const reverted = await instance.logged('policy.reverted')
  assert.match(String(reverted.message), /20 of 20 requests were refused, more than 50 %/)
  await instance.logged('policy.applied', ({ version }) => version === 3)
  assert.equal((await ask(1)).status, 200)
})

test('what is refused is watched across a death of control', async (t) => {
  const { instance, proxyPort } = await running(t)
  const backend = await startPlainBackend(t)
  await instance.apply(policy(2), { confirmWithinMs: 3_600_000, revertOnRefusals: 0.5 })
  process.kill((await instance.status()).pids.control, 'SIGKILL')
  for (let n = 0; n < 20; n += 1) await requestThrough(proxyPort, `http://v1.localhost:${backend.port}/`)
  await instance.logged('policy.applied', ({ version, trigger }) => version === 3 && trigger === 'revert')
})

test('a version that refuses no more than it may stays until its deadline', async (t) => {
  const { instance, proxyPort } = await running(t)
  const backend = await startPlainBackend(t)
  await instance.apply(policy(2), { confirmWithinMs: 2500, revertOnRefusals: 0.5 })
  const ask = (n: number) => requestThrough(proxyPort, `http://v${n}.localhost:${backend.port}/`)
  for (let n = 0; n < 20; n += 1) await ask(n % 2 === 0 ? 1 : 2)
  const reverted = await instance.logged('policy.reverted')
  assert.match(String(reverted.message), /nobody confirmed it in time/)
})
