import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startRawBackend } from '../kit/entrance.ts'
import { isReset, meetsReset, plain, startService } from '../kit/service.ts'

describe('the PROXY protocol', () => {
  const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n'
  const start = async (t: TestContext, from: readonly string[], more = {}) => {
    const backend = await startRawBackend(t)
    const proxyProtocol = { in: 'either' as const, from, ...more }
    return { backend, service: await startService(t, { connect: [plain(backend.port)], proxyProtocol }) }
  }

  it('in: the caller it names stands in the log, and the backend gets what follows and no header', async (t) => {
    const { backend, service } = await start(t, ['127.0.0.0/8'])
    const caller = await service.connect()
    for (const piece of [line.slice(0, 9), `${line.slice(9)}EHLO`, ' app\r\n']) {
      caller.send(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const accepted = await backend.accepted()
    assert.equal(await accepted.receive('\r\n'), 'EHLO app\r\n')
    caller.socket.end()
    accepted.socket.end()
    const record = await service.record(0)
    assert.deepEqual([record.caller, record.callerPort], ['192.0.2.1', 56_324])
  })

  it('in: a peer that is not listed is refused whatever it says', async (t) => {
    const { service } = await start(t, ['192.0.2.0/24', 'unix'])
    await meetsReset(service)
    const { error, message } = await service.record(0)
    assert.equal(error, 'CALLER_BAD_PROXY_HEADER')
    assert.match(message, /127\.0\.0\.1 is no peer/)
  })

  it('in: no header, no tunnel', async (t) => {
    const { service } = await start(t, ['127.0.0.1'])
    const caller = await service.connect()
    caller.send('EHLO app\r\n')
    await isReset(caller)
    assert.equal((await service.record(0)).error, 'CALLER_BAD_PROXY_HEADER')
  })

  it('in: a caller that leaves before its header is complete is told', async (t) => {
    const { service } = await start(t, ['127.0.0.1'])
    const caller = await service.connect()
    caller.send('PROXY TCP4')
    caller.socket.end()
    await isReset(caller)
    assert.match((await service.record(0)).message, /ended before its PROXY header was complete/)
  })

  it('out: the backend learns who called, before anything else', async (t) => {
    const { backend, service } = await start(t, ['127.0.0.1'], { out: 'v1' })
    const caller = await service.connect()
    caller.send(`${line}hello\n`)
    const accepted = await backend.accepted()
    assert.equal(await accepted.receive('hello\n'), `${line}hello\n`)
  })

  it('out: without a header of its own it names the connection itself', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)], proxyProtocol: { from: [], out: 'v1' } })
    const caller = await service.connect()
    const accepted = await backend.accepted()
    const own = caller.socket.localPort
    assert.equal(await accepted.receive('\r\n'), `PROXY TCP4 127.0.0.1 127.0.0.1 ${own} ${service.port}\r\n`)
  })
})
