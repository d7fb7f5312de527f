/**
 * Goal: a worker that has no file left neither ends nor spins, the rest of the instance answers meanwhile, and callers
 * are served again as soon as there are files. Method: the limit of live workers is lowered to what they have open and
 * a few more, and more callers come than that.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { test } from 'node:test'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const ROOM = 10
const CALLERS = 40

test('workers without a file left live, the others answer, and callers are served when there are files', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy: policyFor(['all.localhost']) })
  const proxyPort = await instance.up
  const url = `http://all.localhost:${backend.port}/`
  const workers = await instance.liveWorkers()
  for (const pid of workers) execFileSync('prlimit', ['--pid', String(pid), `--nofile=${openFiles(pid) + ROOM}`])

  const callers = Array.from({ length: CALLERS }, () => net.connect(proxyPort, '127.0.0.1').on('error', () => {}))
  t.after(() => callers.forEach((caller) => void caller.destroy()))
  // Those who are accepted without a file for them are closed at once.
  await Promise.race(callers.map((caller) => once(caller, 'close')))
  const [sinceMs, before] = [performance.now(), processorMs(workers)]
  for (let asked = 0; asked < 20; asked += 1) assert.equal((await instance.health('/livez')).status, 200)
  assert.equal((await instance.status()).state, 'running')
  const busy = (processorMs(workers) - before) / (performance.now() - sinceMs)
  assert.ok(busy < 0.5, `the workers spin: ${busy} processors`)

  const freedMs = performance.now()
  for (const caller of callers) caller.destroy()
  // A worker learns one by one that they have left, and until then it has no file for who comes.
  let served: string | undefined
  while (served === undefined && performance.now() - freedMs < 2000) {
    served = await requestThrough(proxyPort, url, { body: 'after' }).then(({ body }) => body, ignoreReset)
  }
  assert.equal(served, 'after')
  assert.deepEqual(await instance.liveWorkers(), workers)
})

function ignoreReset(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Processor time of these processes, which the kernel counts in hundredths of a second. */
function processorMs(pids: readonly number[]): number {
  const fields = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return pids.reduce((sum, pid) => sum + 10 * (Number(fields(pid)[11]) + Number(fields(pid)[12])), 0)
}
