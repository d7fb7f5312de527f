/** Who watches: nobody who has left, whenever they left. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Stream } from '../../src/admin/stream.ts'

test('somebody who watches is heard until they leave, and who has left already takes nobody’s place', async (t) => {
  const stream = new Stream()
  const server = http.createServer().listen(0, '127.0.0.1')
  t.after(() => {
    stream.close()
    server.close()
  })
  await once(server, 'listening')
  const ask = async () => {
    const asked = http.get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
    asked.on('error', () => {})
    const [, response] = (await once(server, 'request')) as [http.IncomingMessage, http.ServerResponse]
    return { asked, response }
  }

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
