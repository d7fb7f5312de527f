/** What the admin address does is no single piece of work: in between everything else has its turn. */
import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { breathe } from '../../src/admin/breathe.ts'
import { emptyAccessRecord } from '../../src/observe/access-record.ts'
import { startAdmin } from '../kit/start-admin.ts'

const BEAT_MS = 1000

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Tells of the next request of this process at once, before anything is done for it. */
function hearNext(came: (exchange: Exchange) => void): void {
  const listener = (message: unknown) => {
    diagnostics.unsubscribe('http.server.request.start', listener)
    came(message as Exchange)
  }
  diagnostics.subscribe('http.server.request.start', listener)
}

test('whatever is due has its turn several times before a request is answered', async (t) => {
  const viewer = await (await startAdmin(t)).as('viewer')
  let turns = 0
  hearNext(({ response }) => {
    const timer = setInterval(() => (turns += 1), 1)
    response.once('finish', () => clearInterval(timer))
  })
  assert.equal((await viewer.ask('status')).status, 200)
  assert.ok(turns >= 2, `${turns} turns`)
})

test('what somebody asks for who leaves at once is not looked at', async (t) => {
  const client = await (await startAdmin(t)).as('admin')
  const exports = async () => {
    const { body } = await client.ask('audit')
    return body.items.filter(({ action }: { action: string }) => action === 'auditExport').length
  }
  assert.equal((await client.ask('auditExport')).status, 200)
  assert.equal(await exports(), 1)
  const closed = Promise.withResolvers<void>()
  hearNext(({ request, response }) => {
    response.once('close', closed.resolve)
    request.socket.destroy()
  })
  await assert.rejects(client.ask('auditExport'))
  await closed.promise
  assert.equal(await exports(), 1)
})

test('whatever is due has its turn between the news of a second', { timeout: 30_000 }, async (t) => {
  // The second ends when the test says so: a beat in between would tell the status before it is counted.
  t.mock.timers.enable({ apis: ['setInterval'] })
  const admin = await startAdmin(t)
  const { cookie } = await admin.as('viewer')
  let turn = 0
  const count = () => {
    turn += 1
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  t.after(() => clearImmediate(counting))
  const turns = new Map<string, number>()
  const all = Promise.withResolvers<void>()
  hearNext(({ response }) => {
    const write = response.write.bind(response)
    response.write = (text: string) => {
      const [, name] = /^event: (\w+)/.exec(text) ?? []
      // The status is also told to whoever begins to watch.
      if (name === 'connections' || (name !== undefined && turns.size > 0)) turns.set(name, turn)
      if (turns.size === 3) all.resolve()
      return write(text)
    }
  })
  const watching = http.get(`${admin.url}/api/v1/stream`, { headers: { cookie }, agent: false }, (response) => {
    response.resume()
    const record = Object.assign(emptyAccessRecord(), { host: 'nowhere', decision: 'deny', error: 'POLICY_UNLISTED' })
    admin.room.heard({ records: [record], skipped: 0 })
    t.mock.timers.tick(BEAT_MS)
  })
  watching.on('error', () => {})
  t.after(() => watching.destroy())
  await all.promise
  assert.deepEqual([...turns.keys()], ['connections', 'failures', 'status'])
  assert.equal(new Set(turns.values()).size, 3, 'news told in one turn')
})

test('a room that is closed between two pieces asks no instance any more', { timeout: 30_000 }, async (t) => {
  let asked = 0
  const admin = await startAdmin(t, { statusAsked: () => (asked += 1) })
  const { cookie } = await admin.as('viewer')
  const closed = Promise.withResolvers<number>()
  hearNext(({ response }) => {
    const write = response.write.bind(response)
    response.write = (text: string) => {
      const isWritten = write(text)
      if (text.startsWith('event: connections')) {
        admin.room.close()
        closed.resolve(asked)
      }
      return isWritten
    }
  })
  const watching = http.get(`${admin.url}/api/v1/stream`, { headers: { cookie }, agent: false }, (response) => {
    response.on('error', () => {}).resume()
    admin.room.heard({ records: [emptyAccessRecord()], skipped: 0 })
  })
  watching.on('error', () => {})
  const before = await closed.promise
  // As many pauses as it may still have before it.
  for (let pauses = 0; pauses < 3; pauses += 1) await breathe()
  assert.equal(asked, before)
})
