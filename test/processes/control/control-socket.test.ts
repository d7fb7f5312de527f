/** Both ends of the control socket, over a real socket file. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../../src/errors.ts'
import { askControl } from '../../../src/processes/control/control-client.ts'
import type { ControlRequest, Progress } from '../../../src/processes/control/control-protocol.ts'
import { type ControlSocketOptions, serveControlSocket } from '../../../src/processes/control/control-socket.ts'
import { lineBytesMax } from '../../../src/processes/control/json-lines.ts'
import { claimState, controlSocketPath } from '../../../src/processes/supervisor/state-lock.ts'

async function serving(t: TestContext, carryOut: ControlSocketOptions['carryOut']) {
  const state = mkdtempSync(path.join(tmpdir(), 'vedette-control-'))
  const refused: string[] = []
  const handle = await claimState(state)
  const close = serveControlSocket(handle, { carryOut, refused: (act, error) => refused.push(`${act}: ${error}`) })
  t.after(close)
  return { state, refused, close }
}

/** Writes raw bytes and gives everything that comes back until the other side closes. */
async function converse(state: string, bytes: string | Buffer): Promise<string> {
  const socket = net.connect(controlSocketPath(state))
  socket.on('error', () => {})
  socket.write(bytes)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

test('a request is carried out, with progress before the result', async (t) => {
  const heard: ControlRequest[] = []
  const { state } = await serving(t, async (request, progress) => {
    heard.push(request)
    progress({ stage: 'validated', message: 'fine', elapsedMs: 1 })
    return { version: 7 }
  })
  const stages: Progress[] = []
  const result = await askControl('confirm', { author: 'ann' }, { state, progress: (one) => stages.push(one) })
  assert.deepEqual(result, { version: 7 })
  assert.deepEqual(stages, [{ stage: 'validated', message: 'fine', elapsedMs: 1 }])
  assert.deepEqual(heard, [{ id: 1, act: 'confirm', author: 'ann' }])
})

test('an error arrives as the error it was, with its details', async (t) => {
  const { state, refused } = await serving(t, async () => {
    throw new SidecarError('OPERATOR_EDIT_CONFLICT', 'too late', { details: { active: 9 } })
  })
  await assert.rejects(askControl('status', {}, { state }), (error) => {
    assert.ok(error instanceof SidecarError)
    assert.deepEqual([error.code, error.message, error.details], ['OPERATOR_EDIT_CONFLICT', 'too late', { active: 9 }])
    return true
  })
  assert.match(String(refused), /^status: .*too late/)
})

for (const row of [
  { name: 'no JSON', bytes: 'GET / HTTP/1.1\r\n\r\n' },
  { name: 'an unknown act', bytes: '{"id":1,"act":"explode"}\n' },
  { name: 'a line without end', bytes: Buffer.alloc(lineBytesMax + 1, 'x') },
]) {
  test(`${row.name} gets an error and a close, and nothing is carried out`, async (t) => {
    const { state } = await serving(t, async () => assert.fail('was carried out'))
    const reply = JSON.parse(await converse(state, row.bytes))
    assert.equal(reply.ok, false)
    assert.equal(reply.error.code, 'OPERATOR_USAGE')
  })
}

test('two requests on one connection are both answered, though the asker has closed its half', async (t) => {
  const { state } = await serving(t, async ({ act }) => act)
  const socket = net.connect(controlSocketPath(state))
  socket.end('{"id":1,"act":"status"}\n{"id":2,"act":"versions"}\n')
  let text = ''
  for await (const chunk of socket) text += chunk
  assert.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).result),
    ['status', 'versions'],
  )
})

test('an asker that leaves does not disturb the change it asked for', async (t) => {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  let finished = false
  const { state } = await serving(t, async () => {
    begun.resolve()
    await gate.promise
    finished = true
  })
  const socket = net.connect(controlSocketPath(state))
  socket.write('{"id":1,"act":"reload","author":"ann"}\n')
  await begun.promise
  socket.destroy()
  await once(socket, 'close')
  gate.resolve()
  assert.equal(await askControl('status', {}, { state }), undefined)
  assert.equal(finished, true)
})

test('where nobody listens, the asker is told OPERATOR_NOT_RUNNING', async () => {
  const state = mkdtempSync(path.join(tmpdir(), 'vedette-control-'))
  const notRunning = (error: unknown) => error instanceof SidecarError && error.code === 'OPERATOR_NOT_RUNNING'
  await assert.rejects(askControl('status', {}, { state }), notRunning)
  await assert.rejects(askControl('status', {}, { state: path.join(state, 'nowhere') }), notRunning)
})

test('an instance that ends before it answers is not mistaken for a success', async (t) => {
  const { state, close } = await serving(t, () => {
    setImmediate(close)
    return new Promise(() => {})
  })
  await assert.rejects(askControl('status', {}, { state }), /ended the connection before it answered/)
})
