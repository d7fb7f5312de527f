/** A request of the API is no single piece of work: between what is done for it everything else has its turn. */
import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test } from 'node:test'
import { startAdmin } from '../kit/start-admin.ts'

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
