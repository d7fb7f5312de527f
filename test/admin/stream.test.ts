/** Who watches: nobody who has left, whenever they left, and nobody who was told to leave. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Stream } from '../../src/admin/stream.ts'

test('somebody who watches is heard until they leave, and who has left already takes nobody’s place', async (t) => {
  const { stream, ask } = await startWatching(t)
  const staying = await ask()
  stream.add(staying.response, () => true)
  assert.ok(stream.isWatched)
  staying.asked.destroy()
  await once(staying.response, 'close')
  assert.ok(!stream.isWatched)

  const gone = await ask()
  gone.asked.destroy()
  await once(gone.response, 'close')
  stream.add(gone.response, () => true)
  assert.ok(!stream.isWatched)
})

test('who may stay no longer and reads nothing of it is told once, written to no more, and cut off', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { stream, ask } = await startWatching(t)
  const { response } = await ask()
  const event = { number: 1, timeMs: 0, name: 'a.b', level: 'info', message: '', fields: {} } as const
  const faults: Error[] = []
  response.on('error', (error) => faults.push(error))
  let mayStay = true
  stream.add(response, () => mayStay)
  while (response.writableLength < 100_000) {
    stream.send('event', { ...event, message: 'x'.repeat(50_000) })
    await turn()
  }
  mayStay = false
  t.mock.timers.tick(5000)
  assert.ok(response.writableEnded && !response.closed)
  stream.send('signed-out', {})
  await turn()
  assert.deepEqual(faults, [])
  t.mock.timers.tick(5000)
  await once(response, 'close')
  assert.ok(!stream.isWatched)
})

/** Somebody who has asked and reads no further than the head of the answer. */
async function startWatching(t: Pick<TestContext, 'after'>) {
  const stream = new Stream()
  const server = http.createServer().listen(0, '127.0.0.1')
  t.after(() => {
    stream.close()
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const ask = async () => {
    const asked = http.get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
    asked.on('error', () => {})
    asked.on('response', (incoming) => incoming.pause())
    const [, response] = (await once(server, 'request')) as [http.IncomingMessage, http.ServerResponse]
    return { asked, response }
  }
  return { stream, ask }
}
