import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEntrance, startRawBackend } from '../kit/entrance.ts'

const cases = [
  {
    reason: 'OPTIONS with one forward left goes on with none',
    sent: 'OPTIONS http://b.test/ HTTP/1.1\r\nHost: b.test\r\nMax-Forwards: 1\r\n\r\n',
    forwarded: /^OPTIONS \/ HTTP\/1\.1\r\nHost: b\.test\r\nMax-Forwards: 0\r\n/,
  },
  {
    reason: 'a count in another spelling does not come behind ours',
    sent: 'OPTIONS http://b.test/ HTTP/1.1\r\nHost: b.test\r\nMax_Forwards: 9\r\nMax-Forwards: 1\r\n\r\n',
    forwarded: /^OPTIONS \/ HTTP\/1\.1\r\nHost: b\.test\r\nMax-Forwards: 0\r\nVia: [^\r]*\r\n\r\n$/,
  },
  {
    reason: 'OPTIONS with none left is answered here',
    sent: 'OPTIONS http://b.test/ HTTP/1.1\r\nHost: b.test\r\nMax-Forwards: 0\r\n\r\n',
    answered: /^HTTP\/1\.1 200 OK\r\nContent-Length: 0\r\nVia: 1\.1 vedette-test\r\nConnection: close\r\n\r\n$/,
  },
  {
    reason: 'TRACE with none left is echoed without its secrets',
    sent: 'TRACE http://b.test/a HTTP/1.1\r\nHost: b.test\r\nMax-Forwards: 0\r\nCookie: secret\r\nAuthorization: secret\r\n\r\n',
    answered:
      /message\/http\r\n.*\r\n\r\nTRACE http:\/\/b\.test\/a HTTP\/1\.1\r\nHost: b\.test\r\nMax-Forwards: 0\r\n\r\n$/s,
  },
  {
    reason: 'other methods do not count',
    sent: 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nMax-Forwards: 0\r\n\r\n',
    forwarded: /^GET \/ HTTP\/1\.1\r\nHost: b\.test\r\nMax-Forwards: 0\r\n/,
  },
  {
    reason: 'a count that is none is refused',
    sent: 'OPTIONS http://b.test/ HTTP/1.1\r\nHost: b.test\r\nMax-Forwards: -1\r\n\r\n',
    answered: /^HTTP\/1\.1 400 /,
  },
]
for (const { reason, sent, forwarded, answered } of cases) {
  test(`Max-Forwards: ${reason}`, async (t) => {
    const backend = await startRawBackend(t)
    const entrance = await startEntrance(t, backend.port)
    const caller = await entrance.connect()
    caller.send(sent)
    if (forwarded !== undefined) {
      assert.match(await (await backend.accepted()).receive('\r\n\r\n'), forwarded)
      return
    }
    await caller.until(({ received }) => /Content-Length: (\d+)/.test(received) && answered.test(received))
    assert.doesNotMatch(caller.received, /secret/)
    assert.equal(entrance.backends.dialled, 0)
  })
}
