import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { Listeners } from '../../src/processes/listeners.ts'

const anyPort = { host: '127.0.0.1', port: 0 }

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
  const first = listeners.claim([anyPort, anyPort])
  const second = listeners.claim([anyPort, anyPort])
  assert.equal(first[0], second[0])
  assert.equal(first[1], second[1])
  assert.notEqual(first[0], first[1])
  assert.equal(listeners.addresses.length, 2)
  assert.ok(listeners.addresses.every(({ port }) => port > 0))
})

test('a port in use is named, and nothing that was new stays bound', async (t) => {
  const listeners = listening(t)
  const [kept] = listeners.claim([anyPort])
  const port = await takenPort(t)
  assert.throws(
    () => listeners.claim([anyPort, anyPort, { host: '127.0.0.1', port }]),
    (error) =>
      error instanceof SidecarError &&
      error.code === 'OPERATOR_PORT_IN_USE' &&
      error.message.includes(`127.0.0.1:${port}`),
  )
  assert.equal(listeners.addresses.length, 1)
  assert.equal(listeners.claim([anyPort])[0], kept)
})

test('an address of another machine is OPERATOR_ADDRESS_UNUSABLE', (t) => {
  assert.throws(
    () => listening(t).claim([{ host: '192.0.2.1', port: 0 }]),
    (error) => error instanceof SidecarError && error.code === 'OPERATOR_ADDRESS_UNUSABLE',
  )
})

test('what the settings name no longer is closed', (t) => {
  const listeners = listening(t)
  listeners.claim([anyPort, anyPort])
  listeners.keepOnly([anyPort])
  assert.equal(listeners.addresses.length, 1)
})
