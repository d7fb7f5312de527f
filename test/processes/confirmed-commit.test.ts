/** A version on probation goes by itself, unless somebody confirms it. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { runCli } from '../cli/run-cli.ts'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance, type TestInstance } from '../kit/start-instance.ts'
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

for (const [name, replace] of [
  ['another apply', (instance: TestInstance) => instance.apply(policy(3))],
  ['a saved file', async (instance: TestInstance) => writeFileSync(instance.policyFile, policy(3))],
] as const) {
  test(`${name} in the meantime does not make it stay: the wait is taken over`, async (t) => {
    const { instance } = await running(t)
    const { pending } = await instance.apply(policy(2), { confirmWithinMs: 5000 })
    await replace(instance)
    const told = await instance.logged('policy.awaits-confirmation', ({ takenOver }) => takenOver === true)
    assert.match(String(told.message), /version 3 reverts to 1 at .* as version 2 would have/)
    assert.deepEqual((await instance.status()).pending, { ...pending, version: 3 })
    await instance.logged('policy.applied', ({ version, trigger }) => version === 4 && trigger === 'revert')
    assert.equal(readFileSync(instance.policyFile, 'utf8'), policy(1))
  })
}

test('who replaces an unconfirmed version is told that the wait goes on', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  const said: string[] = []
  const request = { text: policy(3), file: 'x', author: 'ann', comment: '' }
  const { pending } = await instance.ask('apply', request, ({ message }) => said.push(message))
  assert.equal(pending?.revertTo, 1)
  assert.match(said.join('\n'), /version 3, which is unconfirmed like the one it replaces: version 1 comes back at/)
  assert.deepEqual(await instance.ask('confirm', { author: 'ann' }), { version: 3 })
})

test('a rollback ends the wait, and so does a return by hand to what would come back', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  assert.equal((await instance.ask('rollback', { author: 'ann', comment: '' })).backTo, 1)
  assert.equal((await instance.status()).pending, null)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  await instance.apply(policy(1))
  assert.equal((await instance.status()).pending, null)
})

test('a rollback in the wait goes back to what was confirmed last, past whatever waited before', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  await instance.apply(policy(3), { confirmWithinMs: 60_000 })
  assert.equal((await instance.ask('rollback', { author: 'ann', comment: '' })).backTo, 1)
  assert.equal(readFileSync(instance.policyFile, 'utf8'), policy(1))
})

test('a rollback on trial goes forward again by itself, unless it is confirmed', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2))
  const trial = { author: 'ann', comment: '', confirmWithinMs: 300 }
  const { backTo, pending } = await instance.ask('rollback', trial)
  assert.deepEqual([backTo, pending?.revertTo], [1, 2])
  await instance.logged('policy.applied', ({ version, trigger }) => version === 4 && trigger === 'revert')
  assert.equal(readFileSync(instance.policyFile, 'utf8'), policy(2))
  await instance.ask('rollback', { ...trial, version: 1, confirmWithinMs: 60_000 })
  assert.deepEqual(await instance.ask('confirm', { author: 'ann' }), { version: 5 })
  assert.equal(readFileSync(instance.policyFile, 'utf8'), policy(1))
})

test('a rollback to what would come back is not on trial, whatever was asked: there is nothing else to go back to', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2), { confirmWithinMs: 60_000 })
  const { stdout } = await runCli(['rollback', '--confirm-within', '5m', '--config', instance.settingsFile])
  assert.match(
    stdout,
    /version 3 is in force, with the text of version 1[\s\S]*it is not on trial: its text is the one that would come back/,
  )
  assert.equal((await instance.status()).pending, null)
})

test('a rollback right after a revert does not bring back what was reverted', async (t) => {
  const { instance } = await running(t)
  await instance.apply(policy(2))
  await instance.apply(policy(3), { confirmWithinMs: 200 })
  await instance.logged('policy.applied', ({ version, trigger }) => version === 4 && trigger === 'revert')
  assert.equal((await instance.ask('rollback', { author: 'ann', comment: '' })).backTo, 1)
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
