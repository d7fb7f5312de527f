/**
 * Goal: a change of policy under load loses no request, and from the moment the command has answered no request is
 * judged by an older version. Method: version n allows `v<n>.localhost` besides `all.localhost`, so the answer of the
 * proxy tells which version judged.
 */
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { keepAsking, requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const versionPolicy = (n: number) => policyFor(['all.localhost', `v${n}.localhost`])

test('ten swaps under fifty keep-alive callers lose no request, and each is in force when its command ends', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy: versionPolicy(1) })
  const proxyPort = await instance.up
  const load = keepAsking(t, { proxyPort, url: `http://all.localhost:${backend.port}/`, connections: 50 })
  // This caller is idle while the swap happens, so it is handed over with its connection.
  const idle = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => idle.destroy())
  await requestThrough(proxyPort, `http://v1.localhost:${backend.port}/`, { agent: idle })
  const slowest: number[] = []
  for (let n = 2; n <= 11; n += 1) {
    const { version, elapsedMs } = await instance.apply(versionPolicy(n))
    assert.equal(version, n)
    slowest.push(elapsedMs)
    const ask = (v: number, agent: http.Agent | false) =>
      requestThrough(proxyPort, `http://v${v}.localhost:${backend.port}/`, { agent })
    const moved = await ask(n, idle)
    assert.equal(moved.status, 200, `version ${n} is in force for the caller that moved`)
    assert.equal(moved.reused, true, 'the idle caller has kept its connection')
    assert.equal((await ask(n, false)).status, 200, `version ${n} is in force for a new caller`)
    assert.equal((await ask(n - 1, false)).status, 403, `version ${n - 1} is not in force any more`)
  }
  await load.stop()
  assert.deepEqual(load.failures, [])
  assert.ok(load.done() > 100, `${load.done()} requests were made`)
  t.diagnostic(`${load.done()} requests, applying took ${slowest.map((ms) => Math.round(ms)).join(', ')} ms`)
})
