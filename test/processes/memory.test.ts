/** Workers short of memory, in the real product: one event when it begins, one when it is over, and who is served meanwhile. */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const main = fileURLToPath(new URL('./short-main.ts', import.meta.url))

test('workers without memory refuse, say so once each, and serve again when they have some', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy: policyFor(['all.localhost']), main })
  const port = await instance.up
  const url = `http://all.localhost:${backend.port}/`
  assert.equal((await requestThrough(port, url)).status, 200)
  writeFileSync(path.join(instance.folder, 'short'), '')
  const workers = await instance.liveWorkers()
  for (const pid of workers) {
    const { detail } = await instance.logged('memory.short', ({ worker }) => worker === pid)
    assert.match(String(detail), /^heap \d+ % of 0 MiB/)
  }
  assert.equal((await requestThrough(port, url)).status, 503)
  while (!(await instance.health('/metrics')).body.includes(`vedette_workers_short_of_memory ${workers.length}\n`));
  rmSync(path.join(instance.folder, 'short'))
  for (const pid of workers) await instance.logged('memory.recovered', ({ worker }) => worker === pid)
  assert.equal((await requestThrough(port, url)).status, 200)
  assert.equal(instance.lines.filter(({ event }) => event === 'memory.short').length, workers.length)
})
