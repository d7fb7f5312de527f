/** How an instance begins and ends, by its exit status. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const policy = policyFor(['all.localhost'])

/** A backend that keeps every request waiting until it is let go. */
async function slowBackend(t: TestContext) {
  const waiting: http.ServerResponse[] = []
  const arrived = Promise.withResolvers<void>()
  const { port } = await startPlainBackend(t, (_request, response) => {
    waiting.push(response)
    arrived.resolve()
  })
  return { port, arrived: arrived.promise, answer: () => waiting.forEach((response) => void response.end('late')) }
}

for (const env of [{ NODE_USE_SYSTEM_CA: '1' }, { NODE_OPTIONS: '--use-bundled-ca' }]) {
  test(`with ${JSON.stringify(env)}, which Node takes once and no more, the workers start`, async (t) => {
    const instance = startInstance(t, { policy, env })
    assert.ok((await instance.up) > 0)
  })
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} lets the request under way finish, takes nobody new, and exits 0`, async (t) => {
    const backend = await slowBackend(t)
    const instance = startInstance(t, { policy })
    const proxyPort = await instance.up
    const url = `http://all.localhost:${backend.port}/`
    const underWay = requestThrough(proxyPort, url)
    await backend.arrived
    instance.signal(signal)
    await instance.logged('instance.draining')
    const ready = await instance.health('/readyz').catch(() => ({ status: 503 }))
    assert.equal(ready.status, 503)
    await refused(proxyPort)
    backend.answer()
    assert.equal((await underWay).body, 'late')
    assert.equal(await instance.ended, 0)
  })
}

test('a signal to the whole group, as Ctrl-C sends it, ends the instance as gracefully', async (t) => {
  const backend = await slowBackend(t)
  const instance = startInstance(t, { policy })
  const proxyPort = await instance.up
  const underWay = requestThrough(proxyPort, `http://all.localhost:${backend.port}/`)
  await backend.arrived
  const { pids } = await instance.status()
  for (const pid of [...(await instance.liveWorkers()), pids.control]) process.kill(pid, 'SIGINT')
  instance.signal('SIGINT')
  await instance.logged('instance.draining')
  await refused(proxyPort)
  backend.answer()
  assert.equal((await underWay).body, 'late')
  assert.equal(await instance.ended, 0)
})

test('a request that outlasts the drain deadline is cut, and the exit status is 5', async (t) => {
  const backend = await slowBackend(t)
  const instance = startInstance(t, { policy, settings: 'timeouts: { drain: 300ms }' })
  const proxyPort = await instance.up
  const cut = assert.rejects(requestThrough(proxyPort, `http://all.localhost:${backend.port}/`), /ECONNRESET|hang up/)
  await backend.arrived
  instance.signal('SIGTERM')
  await cut
  assert.equal(await instance.ended, 5)
})

test('a second signal does not wait for the drain deadline', async (t) => {
  const backend = await slowBackend(t)
  const instance = startInstance(t, { policy, settings: 'timeouts: { drain: 1h }' })
  const proxyPort = await instance.up
  const cut = assert.rejects(requestThrough(proxyPort, `http://all.localhost:${backend.port}/`), /ECONNRESET|hang up/)
  await backend.arrived
  instance.signal('SIGTERM')
  await instance.logged('instance.draining')
  await refused(proxyPort)
  instance.signal('SIGTERM')
  await cut
  assert.equal(await instance.ended, 5)
})

test('a signal in the middle of the start ends it, exit status 0', async (t) => {
  const instance = startInstance(t, { policy })
  await instance.logged('generation.starting')
  instance.signal('SIGTERM')
  assert.equal(await instance.ended, 0)
})

test('an idle keep-alive caller does not hold up the end', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy, settings: 'timeouts: { drain: 1h }' })
  const proxyPort = await instance.up
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  await requestThrough(proxyPort, `http://all.localhost:${backend.port}/`, { agent })
  instance.signal('SIGTERM')
  assert.equal(await instance.ended, 0)
})

const broken = policyFor(['all.localhost'], { more: '  nonsense: true\n  sni: 7\n' })
test('a first start with a broken policy exits 3 and names every place', async (t) => {
  const instance = startInstance(t, { policy: broken })
  assert.equal(await instance.ended, 3)
  assert.match(instance.stderr, /policy\.yaml:\d+:\d+ spec: .*nonsense|policy\.yaml:\d+:\d+ spec\.nonsense/)
})

test('broken settings exit 3', async (t) => {
  const instance = startInstance(t, { policy, settings: 'limits: { callers: many }' })
  assert.equal(await instance.ended, 3)
  assert.match(instance.stderr, /vedette\.yaml:\d+:\d+ limits\.callers/)
})

test('a trust store that does not exist exits 3 at the line that names it', async (t) => {
  const instance = startInstance(t, {
    policy: policyFor(['a.localhost'], { more: '  strictTls: { customTrustStores: [corp] }\n' }),
  })
  assert.equal(await instance.ended, 3)
  assert.match(instance.stderr, /policy\.yaml:8:\d+ spec\.strictTls\.customTrustStores\[0\]: .*corp/)
})

test('a port in use exits 4 and names it', async (t) => {
  const other = net.createServer().listen(0, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const instance = startInstance(t, { policy, proxyPort: port })
  assert.equal(await instance.ended, 4)
  assert.match(instance.stderr, new RegExp(`127\\.0\\.0\\.1:${port}`))
})

test('a state folder that cannot be written exits 4 and names it', async (t) => {
  const folder = startInstance(t, { policy: broken })
  await folder.ended
  rmSync(folder.state, { recursive: true, force: true })
  writeFileSync(folder.state, 'a file where the folder should be')
  const instance = startInstance(t, { policy, folder: folder.folder })
  assert.equal(await instance.ended, 4)
  assert.match(instance.stderr, /state/)
})

test('a history that is damaged exits 4 and names it: without one nobody knows what was in force, and nothing is', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-damaged-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(path.join(folder, 'state'), { mode: 0o700 })
  const file = path.join(folder, 'state', 'history.sqlite')
  writeFileSync(file, 'not a database '.repeat(500))
  const instance = startInstance(t, { policy, folder })
  assert.equal(await instance.ended, 4)
  assert.match(instance.stderr, /history\.sqlite is damaged/)
  assert.equal(readFileSync(file, 'utf8').slice(0, 14), 'not a database')
})

test('a second instance on the same state folder exits 4 and leaves the first alone', async (t) => {
  const first = startInstance(t, { policy })
  await first.up
  const second = startInstance(t, { policy, folder: first.folder })
  assert.equal(await second.ended, 4)
  assert.match(second.stderr, /OPERATOR_ALREADY_RUNNING/)
  assert.equal((await first.status()).state, 'running')
})

test('the remains of a crash in the state folder do not stop the next start', async (t) => {
  const first = startInstance(t, { policy })
  await first.up
  await first.kill()
  const second = startInstance(t, { policy, folder: first.folder })
  await second.up
  assert.equal((await second.status()).version?.number, 1)
})

test('a broken policy file at a later start runs the last good version, with an alarm', async (t) => {
  const first = startInstance(t, { policy })
  await first.up
  await first.kill()
  const second = startInstance(t, { policy: broken, folder: first.folder })
  await second.up
  const { message } = await second.logged('policy.rejected')
  assert.match(String(message), /^the instance cannot start with what the files say: .*nonsense/)
  assert.match(
    (await second.health('/readyz?verbose')).body,
    /policy ok: v1 running, the change of \S+ \(start\) was rejected: .*nonsense/,
  )
  assert.equal((await second.health('/readyz')).status, 200)
  const status = await second.status()
  assert.equal(status.version?.number, 1)
  assert.equal(status.rejected?.trigger, 'start')
})

test('without any policy file but with a version in the history, that version runs', async (t) => {
  const first = startInstance(t, { policy })
  await first.up
  await first.kill()
  const second = startInstance(t, { policy, folder: first.folder })
  rmSync(second.policyFile)
  mkdirSync(path.join(second.folder, 'elsewhere'))
  await second.up
  assert.equal((await second.status()).version?.number, 1)
})

/** Resolves when the port takes no connection any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = net.connect(port, '127.0.0.1')
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (!connected) return
  }
}
