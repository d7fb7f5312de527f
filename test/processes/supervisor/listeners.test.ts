import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../../src/errors.ts'
import { type EntranceAddress, Listeners } from '../../../src/processes/supervisor/listeners.ts'

const tcp = (port: number, place = 0, host = '127.0.0.1'): EntranceAddress => ({
  entrance: 'proxy',
  place,
  address: { kind: 'tcp', host, port },
})
const [anyPort, otherPort] = [tcp(0), tcp(0, 1)]

function listening(t: TestContext): Listeners {
  const listeners = new Listeners()
  t.after(() => listeners.keepOnly([]))
  return listeners
}

async function takenPort(t: TestContext): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test('the same addresses again are the same sockets', (t) => {
  const listeners = listening(t)
  const first = listeners.claim([anyPort, otherPort])
  const second = listeners.claim([anyPort, otherPort])
  assert.equal(first[0]?.handle, second[0]?.handle)
  assert.equal(first[1]?.handle, second[1]?.handle)
  assert.notEqual(first[0]?.handle, first[1]?.handle)
  assert.equal(listeners.addresses.length, 2)
  assert.ok(listeners.addresses.every(({ port }) => port > 0))
})

test('a port in use is named, and nothing that was new stays bound', async (t) => {
  const listeners = listening(t)
  const [kept] = listeners.claim([anyPort])
  const port = await takenPort(t)
  assert.throws(
    () => listeners.claim([anyPort, otherPort, tcp(port)]),
    (error) =>
      error instanceof SidecarError &&
      error.code === 'OPERATOR_PORT_IN_USE' &&
      error.message.includes(`127.0.0.1:${port}`),
  )
  assert.equal(listeners.addresses.length, 1)
  assert.equal(listeners.claim([anyPort])[0]?.handle, kept?.handle)
})

test('an address of another machine is OPERATOR_ADDRESS_UNUSABLE', (t) => {
  assert.throws(
    () => listening(t).claim([tcp(0, 0, '192.0.2.1')]),
    (error) => error instanceof SidecarError && error.code === 'OPERATOR_ADDRESS_UNUSABLE',
  )
})

test('what the settings name no longer is closed', (t) => {
  const listeners = listening(t)
  listeners.claim([anyPort, otherPort])
  listeners.keepOnly([anyPort])
  assert.equal(listeners.addresses.length, 1)
})

test('a service that comes or goes leaves the any-port sockets of the others alone', (t) => {
  const listeners = listening(t)
  const service = (entrance: string): EntranceAddress => ({ ...anyPort, entrance })
  const [, kept] = listeners.claim([service('one'), service('two')])
  const [still] = listeners.claim([service('two')])
  assert.equal(still?.handle, kept?.handle)
})

function socketFile(t: TestContext, mode = 0o600): EntranceAddress & { address: { kind: 'unix'; path: string } } {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-listen-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return { entrance: 'mail', place: 0, address: { kind: 'unix', path: path.join(folder, 'mail.sock'), mode } }
}

const bits = (file: string) => statSync(file).mode & 0o777

test('a socket file has the bits it should have, changes them in place, and is removed with its service', async (t) => {
  const listeners = listening(t)
  const mail = socketFile(t, 0o640)
  const file = mail.address.path
  const [first] = listeners.claim([mail])
  assert.equal(bits(file), 0o640)
  const wider = { ...mail, address: { ...mail.address, mode: 0o666 } }
  assert.equal(listeners.claim([wider])[0]?.handle, first?.handle)
  assert.equal(bits(file), 0o640, 'not before the change is in force')
  listeners.keepOnly([wider])
  assert.equal(bits(file), 0o666)
  assert.deepEqual(listeners.addresses, [{ entrance: 'mail', host: '', port: 0, path: file }])
  listeners.keepOnly([])
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(existsSync(file), false)
})

test('a socket file that nobody listens on any more is replaced', async (t) => {
  const mail = socketFile(t)
  // What a crash leaves behind: the file without its listener.
  const server = net.createServer().listen(mail.address.path)
  await once(server, 'listening')
  const dead = `${mail.address.path}.dead`
  renameSync(mail.address.path, dead)
  server.close()
  await once(server, 'close')
  renameSync(dead, mail.address.path)
  const listeners = listening(t)
  assert.throws(() => listeners.claim([mail]), { code: 'OPERATOR_PORT_IN_USE' })
  await listeners.prepare([mail])
  assert.equal(listeners.claim([mail]).length, 1)
})

test('a socket file that is alive, or is no socket, is left alone', async (t) => {
  const mail = socketFile(t)
  const server = net.createServer().listen(mail.address.path)
  t.after(() => server.close())
  await once(server, 'listening')
  const listeners = listening(t)
  await listeners.prepare([mail])
  assert.throws(() => listeners.claim([mail]), { code: 'OPERATOR_PORT_IN_USE' })
  const text = socketFile(t)
  writeFileSync(text.address.path, 'notes')
  await listeners.prepare([text])
  assert.throws(() => listeners.claim([text]), { code: 'OPERATOR_PORT_IN_USE' })
  assert.ok(existsSync(text.address.path))
})
