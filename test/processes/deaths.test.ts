/**
 * What dies is replaced, and nobody but those it was working for notices. The limits are three times what the product
 * promises (one second for a worker, two for control), because the tests beside this one use the same processors.
 */
import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { keepAsking, requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { isAlive, stateOf } from '../kit/process-state.ts'
import { quietPort } from '../kit/quiet-port.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const policy = policyFor(['all.localhost', 'v1.localhost'])

test('a worker that is killed is replaced at once, and the others serve meanwhile', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  const url = `http://all.localhost:${backend.port}/`
  const [victim, other] = await instance.liveWorkers()
  assert.ok(victim !== undefined && other !== undefined)
  const killedMs = performance.now()
  process.kill(victim, 'SIGKILL')
  const died = await instance.logged('worker.died', ({ worker }) => worker === victim)
  assert.match(String(died.ending), /SIGKILL/)
  for (let n = 0; n < 10; n += 1) assert.equal((await requestThrough(proxyPort, url)).status, 200)
  let workers = await acceptingWorkers(instance)
  while (workers.length < 2) workers = await acceptingWorkers(instance)
  const tookMs = performance.now() - killedMs
  assert.ok(tookMs < 3000, `replaced after ${Math.round(tookMs)} ms`)
  assert.ok(workers.includes(other) && !workers.includes(victim))
  t.diagnostic(`replaced after ${Math.round(tookMs)} ms`)
})

test('with every worker killed at once, callers wait in the kernel and are served by the next ones', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  for (const pid of await instance.liveWorkers()) process.kill(pid, 'SIGKILL')
  const answer = await requestThrough(proxyPort, `http://all.localhost:${backend.port}/`, { body: 'hello' })
  assert.equal(answer.body, 'hello')
})

test('control killed: traffic goes on, it is back soon and knows what runs and what waits', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  await instance.apply(policyFor(['all.localhost', 'v2.localhost']), { confirmWithinMs: 60_000 })
  const before = await instance.status()
  const load = keepAsking(t, { proxyPort, url: `http://all.localhost:${backend.port}/`, connections: 5 })
  const killedMs = performance.now()
  process.kill(before.pids.control, 'SIGKILL')
  // The command waits in the kernel until there is somebody to answer it.
  const after = await instance.status().catch(() => instance.status())
  const tookMs = performance.now() - killedMs
  assert.ok(tookMs < 6000, `back after ${Math.round(tookMs)} ms`)
  t.diagnostic(`back after ${Math.round(tookMs)} ms`)
  assert.notEqual(after.pids.control, before.pids.control)
  assert.deepEqual(
    { version: after.version, generation: after.generation, pending: after.pending },
    { version: before.version, generation: before.generation, pending: before.pending },
  )
  assert.deepEqual(await instance.ask('confirm', { author: 'test' }), { version: 2 })
  assert.equal((await instance.apply(policyFor(['all.localhost', 'v3.localhost']))).version, 3)
  await load.stop()
  assert.deepEqual(load.failures, [])
})

test('what was saved while control was dead comes into force when it is back', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  const { pids } = await instance.status()
  process.kill(pids.supervisor, 'SIGSTOP')
  process.kill(pids.control, 'SIGKILL')
  writeFileSync(instance.policyFile, policyFor(['all.localhost', 'v2.localhost']))
  process.kill(pids.supervisor, 'SIGCONT')
  await instance.logged('policy.applied', ({ version }) => version === 2)
  assert.equal((await requestThrough(proxyPort, `http://v2.localhost:${backend.port}/`)).status, 200)
})

test('while control cannot come back, traffic goes on; when it can, it does', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  const { pids } = await instance.status()
  const history = path.join(instance.state, 'history.sqlite')
  process.kill(pids.supervisor, 'SIGSTOP')
  process.kill(pids.control, 'SIGKILL')
  renameSync(history, `${history}.aside`)
  mkdirSync(history)
  process.kill(pids.supervisor, 'SIGCONT')
  await instance.logged('instance.failed')
  assert.equal((await requestThrough(proxyPort, `http://all.localhost:${backend.port}/`)).status, 200)
  rmdirSync(history)
  renameSync(`${history}.aside`, history)
  assert.equal((await instance.status()).version?.number, 1)
})

test('control stalled: traffic and new callers go on, its figures are right afterwards, and it can be ended', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  const url = `http://all.localhost:${backend.port}/`
  const { pids } = await instance.status()
  const load = keepAsking(t, { proxyPort, url, connections: 5 })
  process.kill(pids.control, 'SIGSTOP')
  t.after(() => isAlive(pids.control) && process.kill(pids.control, 'SIGCONT'))
  const endMs = performance.now() + STALL_MS
  let fresh = 0
  for (; performance.now() < endMs; fresh += 1) assert.equal((await requestThrough(proxyPort, url)).status, 200)
  assert.equal(stateOf(pids.control), 'T', 'it stood still all the time')
  await load.stop()
  assert.deepEqual(load.failures, [])
  process.kill(pids.control, 'SIGCONT')
  const all = load.done() + fresh
  const counted = async () => {
    const { body } = await instance.health('/metrics')
    const counts = [...body.matchAll(/^vedette_connections_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
    return counts.reduce((sum, count) => sum + count, 0)
  }
  const giveUpMs = performance.now() + 10_000
  while ((await counted()) < all && performance.now() < giveUpMs);
  assert.equal(await counted(), all, 'what it was not told meanwhile it knows now')
  assert.equal((await instance.apply(policyFor(['all.localhost', 'v2.localhost']))).version, 2)

  const again = (await instance.status()).pids.control
  process.kill(again, 'SIGSTOP')
  instance.signal('SIGTERM')
  assert.equal(await instance.ended, 0)
})

test('when the supervisor is killed, nothing of the instance stays behind and its folder is free', async (t) => {
  const instance = startInstance(t, { policy, proxyPort: await quietPort() })
  const proxyPort = await instance.up
  const { pids } = await instance.status()
  const workers = await instance.liveWorkers()
  instance.signal('SIGKILL')
  await instance.ended
  const next = startInstance(t, { policy, folder: instance.folder, proxyPort })
  await next.up
  const left = [pids.control, ...workers].filter(isAlive)
  assert.deepEqual(left, [])
})

async function acceptingWorkers(instance: ReturnType<typeof startInstance>): Promise<number[]> {
  const { generations } = await instance.status()
  const workers = generations.flatMap((generation) => generation.workers)
  return workers.filter(({ state }) => state === 'accepting').map(({ pid }) => pid)
}

/** Long enough for several reports of each worker. */
const STALL_MS = 1500
