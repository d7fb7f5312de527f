/**
 * Goal: a worker loads nothing that traffic does not need; every library is memory in each of them. Method: a hook
 * that is preloaded into a real worker notes what is loaded until it is ready.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { FromWorker } from '../../src/processes/messages.ts'
import { makeSnapshot } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'

const hook = (list: string) => `
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    appendFileSync(${JSON.stringify(list)}, url + '\\n')
    return next(url, context)
  },
})
`

test('a worker loads no parser of documents, no database, no logger library and no command line', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vedette-modules-'))
  const list = path.join(folder, 'list')
  await writeFile(path.join(folder, 'hook.mjs'), hook(list))
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const worker = fork(main, ['--role=worker'], { execArgv: ['--import', path.join(folder, 'hook.mjs')] })
  t.after(() => worker.kill('SIGKILL'))
  const { set } = await makeTrust()
  const ready = new Promise<FromWorker>((resolve) =>
    worker.once('message', (message) => resolve(message as FromWorker)),
  )
  worker.send({
    type: 'begin',
    snapshot: makeSnapshot({ trust: [set] }),
    warm: [],
    intolerant: [],
    via: 'test',
    color: false,
  })
  assert.deepEqual(await ready, { type: 'ready' })
  const loaded = readFileSync(list, 'utf8').split('\n')
  assert.ok(
    loaded.some((url) => url.endsWith('/src/processes/worker/worker.ts')),
    'the hook sees what is loaded',
  )
  const libraries = loaded.filter((url) => url.includes('/node_modules/') || url === 'node:sqlite')
  assert.deepEqual(libraries, [])
  const rooms = loaded.filter((url) => /\/src\/(cli|history|demo|importer)\//.test(url))
  assert.deepEqual(rooms, [])
  const services = loaded.filter((url) => url.includes('/src/service/'))
  assert.deepEqual(services, [], 'nothing of services where the settings have none')
  // Names of what is gone, columns and reports on upgrades are for people to look at.
  const names = loaded.filter((url) =>
    /\/policy\/catalogue\/(known-|catalogue-(gone|view|record)|cipher-columns|migrate-)/.test(url),
  )
  assert.deepEqual(names, [])
})
