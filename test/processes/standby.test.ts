/**
 * Goal: when changes come in a run, the workers of the next generation wait for it already, and what becomes of them is
 * nobody's trouble. Method: a real instance, whose waiting processes are told by their title.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { isAlive } from '../kit/process-state.ts'
import { startInstance, type TestInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const versionPolicy = (n: number) => policyFor(['all.localhost', `v${n}.localhost`])

/** The processes of an instance that wait for a generation. */
function waitingOf({ pid }: TestInstance): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isWaitingChild(name, pid))
    .map(Number)
}

function isWaitingChild(pid: string, parent: number): boolean {
  try {
    const [, ppid] = /\) [A-Za-z] (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
    return ppid === String(parent) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('vedette worker (waits')
  } catch {
    // It has ended meanwhile.
    return false
  }
}

/** Far more than it takes on a busy machine. */
const PATIENCE_MS = 30_000

async function untilWaiting(instance: TestInstance, count: number): Promise<number[]> {
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    const waiting = waitingOf(instance)
    assert.ok(performance.now() < untilMs, `${waiting.length} wait, not ${count}`)
    if (waiting.length === count) return waiting.sort()
    await instance.status()
  }
}

test('the second change in a minute leaves workers behind, and they carry the third version', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy: versionPolicy(1) })
  const proxyPort = await instance.up
  await instance.apply(versionPolicy(2))
  assert.deepEqual(waitingOf(instance), [])
  await instance.apply(versionPolicy(3))
  const waiting = await untilWaiting(instance, 2)
  await instance.apply(versionPolicy(4))
  assert.deepEqual((await instance.liveWorkers()).sort(), waiting)
  const ask = async (n: number) => (await requestThrough(proxyPort, `http://v${n}.localhost:${backend.port}/`)).status
  assert.deepEqual([await ask(4), await ask(3)], [200, 403], 'the third version judges')
})

test('a worker that dies is replaced by one that waits', async (t) => {
  const instance = startInstance(t, { policy: versionPolicy(1) })
  await instance.up
  await instance.apply(versionPolicy(2))
  await instance.apply(versionPolicy(3))
  const waiting = await untilWaiting(instance, 2)
  const [victim, other] = await instance.liveWorkers()
  process.kill(victim as number, 'SIGKILL')
  const ready = await instance.logged('worker.ready', ({ worker }) => waiting.includes(worker as number))
  let live = await instance.liveWorkers()
  while (!live.includes(ready.worker as number)) live = await instance.liveWorkers()
  assert.ok(live.includes(other as number))
})

test('those that wait and are killed are missed by nobody, and those that are left end with the instance', async (t) => {
  const instance = startInstance(t, { policy: versionPolicy(1) })
  await instance.up
  await instance.apply(versionPolicy(2))
  await instance.apply(versionPolicy(3))
  const [first] = await untilWaiting(instance, 2)
  process.kill(first as number, 'SIGKILL')
  const [second] = await untilWaiting(instance, 1)
  assert.equal((await instance.apply(versionPolicy(4))).version, 4)
  assert.ok((await instance.liveWorkers()).includes(second as number))
  await untilWaiting(instance, 2)
  instance.signal('SIGTERM')
  assert.equal(await instance.ended, 0)
  assert.deepEqual(waitingOf(instance), [])
  assert.deepEqual(
    instance.lines.filter(({ event }) => event === 'worker.died'),
    [],
  )
})

test('while workers are short of memory nobody is started ahead', async (t) => {
  const main = fileURLToPath(new URL('./short-main.ts', import.meta.url))
  const instance = startInstance(t, { policy: versionPolicy(1), main })
  await instance.up
  writeFileSync(path.join(instance.folder, 'short'), '')
  for (const pid of await instance.liveWorkers()) await instance.logged('memory.short', ({ worker }) => worker === pid)
  await instance.apply(versionPolicy(2))
  await instance.apply(versionPolicy(3))
  // They would be started half a second after the change at most.
  for (const untilMs = performance.now() + 1000; performance.now() < untilMs; await instance.status()) {
    assert.deepEqual(waitingOf(instance), [])
  }
})

test('a supervisor that is killed leaves none of them behind', async (t) => {
  const instance = startInstance(t, { policy: versionPolicy(1) })
  await instance.up
  await instance.apply(versionPolicy(2))
  await instance.apply(versionPolicy(3))
  const waiting = await untilWaiting(instance, 2)
  instance.signal('SIGKILL')
  await instance.ended
  const untilMs = performance.now() + PATIENCE_MS
  while (waiting.some((pid) => isAlive(pid))) {
    assert.ok(performance.now() < untilMs, `${waiting} live on`)
    await new Promise(setImmediate)
  }
})
