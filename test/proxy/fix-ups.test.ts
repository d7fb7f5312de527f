/** What `fixUps: true` changes in an answer, and that nothing is changed without it or for an https:// request. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEntrance, startRawBackend } from '../kit/entrance.ts'
import { makePolicy, makeRule } from '../kit/policies.ts'

const fixing = makePolicy({ unlisted: makeRule({ fixUps: true }) })
const rows = [
  {
    reason: 'a redirect to the same backend comes back to http',
    field: 'Location: https://b.test/login?a=1',
    becomes: 'Location: http://b.test/login?a=1',
  },
  {
    reason: 'also when it says the port',
    field: 'Location: https://B.test:443/x',
    becomes: 'Location: http://b.test/x',
  },
  {
    reason: 'a redirect elsewhere is left alone',
    field: 'Location: https://other.test/',
    becomes: 'Location: https://other.test/',
  },
  { reason: 'a relative redirect is left alone', field: 'Location: /next', becomes: 'Location: /next' },
  {
    reason: 'a cookie loses Secure',
    field: 'Set-Cookie: a=b; Path=/; secure; HttpOnly',
    becomes: 'Set-Cookie: a=b; Path=/; HttpOnly',
  },
  {
    reason: 'a cookie called secure keeps its name',
    field: 'Set-Cookie: secure; Path=/',
    becomes: 'Set-Cookie: secure; Path=/',
  },
  { reason: 'HSTS goes', field: 'Strict-Transport-Security: max-age=1', becomes: '' },
]
for (const { reason, field, becomes } of rows) {
  test(`fix-ups on: ${reason}`, async (t) => {
    assert.deepEqual(await answeredFields(t, fixing, 'http', field), becomes === '' ? [] : [becomes])
  })
  test(`fix-ups off: unchanged (${reason})`, async (t) => {
    assert.deepEqual(await answeredFields(t, makePolicy(), 'http', field), [field])
  })
}

test('an https:// request gets its answer unchanged: its caller believes in TLS', async (t) => {
  assert.deepEqual(await answeredFields(t, fixing, 'https', 'Set-Cookie: a=b; Secure'), ['Set-Cookie: a=b; Secure'])
})

async function answeredFields(
  t: Parameters<typeof startRawBackend>[0],
  policy: ReturnType<typeof makePolicy>,
  scheme: string,
  field: string,
): Promise<string[]> {
  const backend = await startRawBackend(t)
  const caller = await (await startEntrance(t, backend.port, { policy })).connect()
  caller.send(`GET ${scheme}://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n`)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send(`HTTP/1.1 200 OK\r\n${field}\r\nContent-Length: 0\r\n\r\n`)
  const lines = (await caller.receive('\r\n\r\n')).trimEnd().split('\r\n')
  return lines.filter((line) => /^(Location|Set-Cookie|Strict)/.test(line))
}
