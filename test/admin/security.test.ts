/**
 * Goal: SAFETY's list of what goes wrong at admin doors does not go wrong at ours; each test names its row. Method: the
 * real room over real sockets, a stand-in behind it.
 */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import http from 'node:http'
import { test } from 'node:test'
import { identify } from '../../src/admin/access/identify.ts'
import { assertFewValues } from '../../src/admin/assert-few-values.ts'
import { apiBase, routeNamed, routeNames } from '../../src/admin/route-table.ts'
import { revokeKey } from '../../src/history/api-keys.ts'
import { adminPassword } from '../kit/admin-client.ts'
import { leastProcessorMs } from '../kit/least-processor-ms.ts'
import { policyInForce, startAdmin } from '../kit/start-admin.ts'
import { withKey } from '../kit/with-key.ts'

test('A1: a foreign origin, a foreign host and a form cannot change anything, with the cookie of an admin', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('admin')
  const attempt = async (headers: Record<string, string>, body: unknown = { text: policyInForce }) =>
    (await client.send(`${apiBase}/policy/check`, { method: 'POST', body, headers })).status
  assert.equal(await attempt({}), 200)
  assert.equal(await attempt({ origin: 'https://evil.example' }), 403)
  assert.equal(await attempt({ 'content-type': 'text/plain' }, JSON.stringify({ text: 'x' })), 415)
  assert.equal(await attempt({ 'content-type': 'application/x-www-form-urlencoded' }, 'text=x'), 415)
  const status = await new Promise((resolve) => {
    const { port } = new URL(admin.url)
    const headers = { host: 'evil.example', cookie: client.cookie }
    http.get({ host: '127.0.0.1', port, path: `${apiBase}/policy`, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
  })
  assert.equal(status, 403)
})

test('A2: the session is made at sign-in, whatever was brought, and dies at sign-out', async (t) => {
  const admin = await startAdmin(t)
  const first = await admin.as('admin')
  const fixed = admin.stranger()
  fixed.cookie = 'vedette-session=vdt_session_chosen-by-somebody-else'
  const before = fixed.cookie
  await fixed.signIn('admin')
  assert.notEqual(fixed.cookie, before)
  const old = admin.stranger()
  old.cookie = before
  assert.equal((await old.ask('session')).status, 401)
  const again = admin.stranger()
  again.cookie = first.cookie
  await again.signIn('admin')
  assert.notEqual(again.cookie, first.cookie, 'the id changes at every sign-in')
  const copy = admin.stranger()
  copy.cookie = again.cookie
  await again.ask('signOut')
  assert.equal((await copy.ask('session')).status, 401)
})

test('A2: a new password ends the other sessions, and an admin can end any', async (t) => {
  const admin = await startAdmin(t)
  const [boss, viewer] = [await admin.as('admin'), await admin.as('viewer')]
  const elsewhere = admin.stranger()
  await elsewhere.signIn('viewer')
  const change = { current: adminPassword, password: 'another long password' }
  assert.equal((await viewer.ask('changePassword', { body: change })).status, 204)
  assert.equal((await elsewhere.ask('session')).status, 401)
  assert.equal((await viewer.ask('session')).status, 200)
  const { body } = await boss.ask('sessions')
  const { id } = body.items.find(({ name }: { name: string }) => name === 'viewer')
  assert.equal(
    (
      await viewer.ask('endSession', {
        params: { id: body.items.find(({ isThis }: { isThis: boolean }) => isThis).id },
      })
    ).status,
    404,
  )
  assert.equal((await boss.ask('endSession', { params: { id } })).status, 204)
  assert.equal((await viewer.ask('session')).status, 401)
})

test('A3: ten wrong passwords lock the address out of the account, and only that', async (t) => {
  const admin = await startAdmin(t)
  await admin.as('admin')
  await admin.as('viewer')
  const guesser = admin.stranger()
  const statuses: number[] = []
  for (let n = 0; n < 10; n += 1) {
    const { status, headers } = await guesser.ask('signIn', { body: { name: 'admin', password: `wrong ${n}` } })
    statuses.push(status)
    if (status === 429) assert.ok(Number(headers.get('retry-after')) > 0)
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429, 429, 429])
  assert.equal((await guesser.ask('signIn', { body: { name: 'viewer', password: adminPassword } })).status, 201)
})

test('A5: what looks like a token and is none is refused, quickly', async (t) => {
  const admin = await startAdmin(t)
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = part({ sub: 'admin', role: 'admin' })
  const forged = [
    `Bearer ${part({ alg: 'none' })}.${claims}.`,
    `Bearer ${part({ alg: 'HS256', typ: 'JWT' })}.${claims}.${hmacByPublicKey(`${part({ alg: 'HS256', typ: 'JWT' })}.${claims}`)}`,
    `Bearer ${part({ alg: 'EdDSA', crit: ['b64'], b64: false })}.${claims}.AAAA`,
    `Bearer ${part({ alg: 'HS256', kid: '../../etc/passwd' })}.${claims}.AAAA`,
    `Bearer ${part({ alg: 'PBES2-HS512+A256KW', p2c: 2 ** 31 })}.${claims}.AAAA`,
    `Bearer vdt_key_${'A'.repeat(43)}`,
    `Bearer vdt_key_${'A'.repeat(10_000)}`,
    'Bearer ',
    'Basic YWRtaW46YWRtaW4=',
    `Bearer ' or 1=1 --`,
  ]
  const client = admin.stranger()
  await client.ask('openApi')
  for (const authorization of forged) {
    const { status } = await client.ask('policy', { headers: { authorization } })
    assert.equal(status, 401, authorization.slice(0, 60))
  }
  // Longer than a head may be, so it does not come as far.
  assert.equal(
    (await client.ask('policy', { headers: { authorization: `Bearer ${'A'.repeat(1_000_000)}` } })).status,
    431,
  )
  for (const authorization of [...forged, `Bearer vdt_key_${'A'.repeat(1_000_000)}`]) {
    const look = () => identify({ authorization, sessionToken: undefined }, admin.history, Date.now())
    assert.equal(look().role, 'none')
    const ms = await leastProcessorMs(look)
    assert.ok(ms < 5, `${authorization.slice(0, 60)} costs ${ms} ms`)
  }
  const withCookie = await admin.as('admin')
  assert.equal((await withCookie.ask('policy', { headers: { authorization: 'Bearer x' } })).status, 401)
})

/** What a server would take for its own that checks HS256 with the public key it published for RS256. */
function hmacByPublicKey(text: string): string {
  const { publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  return crypto.createHmac('sha256', pem).update(text).digest('base64url')
}

test('A5: keys expire, are revoked, and reach no further than they should', async (t) => {
  const admin = await startAdmin(t)
  const status = async (secret: string, name: 'policy' | 'users' | 'trustStores') => {
    const client = admin.stranger()
    client.key = secret
    return (await client.ask(name)).status
  }
  const good = withKey(admin)
  assert.deepEqual(
    [await status(good, 'policy'), await status(good, 'trustStores'), await status(good, 'users')],
    [200, 403, 403],
  )
  assert.equal(await status(withKey(admin, { untilMs: Date.now() - 1 }), 'policy'), 401)
  revokeKey(admin.history, good.slice(-8))
  assert.equal(await status(good, 'policy'), 401)
})

test('A6: prototypes, tags and alias bombs in a body or a policy change nothing', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const raw = (body: string) => client.send(`${apiBase}/policy/check`, { method: 'POST', body })
  assert.equal((await raw('{"text":"x","__proto__":{"x":1}}')).status, 422)
  assert.equal((await raw('{"text":"x","constructor":{"prototype":{"x":1}}}')).status, 422)
  const laughs = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'.split('').map((name, n) => `${name}: &${name} [${`*${'abcdefghij'[n]}, `.repeat(9)}]`),
  ]
  for (const text of [
    `__proto__: { x: 1 }\n${policyInForce}`,
    `${policyInForce}  x: !!js/function x\n`,
    laughs.join('\n'),
  ]) {
    const ms = await leastProcessorMs(async () => {
      const { status, body } = await client.ask('checkPolicy', { body: { text } })
      assert.deepEqual([status, body.valid], [200, false])
    }, 3)
    assert.ok(ms < 100, `${text.slice(0, 20)} costs ${ms} ms`)
    const edits = [{ path: ['spec', '__proto__', 'x'], value: 1 }]
    await client.ask('editPolicy', { body: { text: policyInForce, edits } })
  }
  assert.equal(({} as { x?: unknown }).x, undefined)
})

test('A7: deep, wide, long and inflated bodies and queries are refused', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const raw = (body: string | Buffer, headers = {}) =>
    client.send(`${apiBase}/policy/check`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  assert.equal((await raw(`{"text":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).status, 422)
  assert.equal(
    (await raw(JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`k${n}`, n]))))).status,
    413,
  )
  assert.equal((await raw(JSON.stringify({ text: 'x'.repeat(3_000_000) }))).status, 413)
  assert.equal((await raw('{')).status, 400)
  assert.equal((await raw('"text"')).status, 400)
  assert.equal((await raw(Buffer.from('1f8b08', 'hex'), { 'content-encoding': 'gzip' })).status, 415)
  assert.equal((await client.send(`${apiBase}/versions?limit[a][b][c]=1`)).status, 422)
  assert.equal((await client.send(`${apiBase}/versions?limit=1&limit=2`)).status, 422)
  assert.equal((await client.send(`${apiBase}/versions?limit=0`)).status, 422)
})

test('A8: what backends and callers write is JSON or plain text, and the page may load nothing inline', async (t) => {
  const admin = await startAdmin(t)
  const { headers } = await admin.stranger().send('/')
  const csp = headers.get('content-security-policy') ?? ''
  assert.doesNotMatch(csp, /unsafe/)
  assert.match(csp, /default-src 'none'/)
  assert.match(csp, /frame-ancestors 'none'/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  const found = await admin.stranger().send('/api/v1/<img src=x onerror=alert(1)>')
  assert.deepEqual([found.status, found.headers.get('content-type')], [404, 'application/problem+json; charset=utf-8'])
})

test('A9: a long path costs nothing, and nothing leads elsewhere', async (t) => {
  const admin = await startAdmin(t)
  const client = admin.stranger()
  for (const target of [
    `/${'a-'.repeat(25_000)}`,
    `/${'a-'.repeat(7500)}`,
    `${apiBase}/truststores/${'%2e'.repeat(5000)}`,
    `${apiBase}${'/'.repeat(15_000)}x`,
    '//evil.example/..',
    '/\\evil.example',
    `${apiBase}//evil.example`,
  ]) {
    const ms = await leastProcessorMs(async () => {
      const { status, headers } = await client.send(target)
      assert.ok(status === 200 || status >= 400, `${status}`)
      assert.equal(headers.get('location'), null)
    }, 10)
    assert.ok(ms < 5, `${target.slice(0, 30)} costs ${ms} ms, asking included`)
  }
})

test('A10: no spelling of a method or a path gets around the role', async (t) => {
  const admin = await startAdmin(t)
  const [stranger, viewer] = [admin.stranger(), await admin.as('viewer')]
  const body = { text: policyInForce.replace('mail host', 'other host') }
  for (const name of routeNames) {
    const { method, path, least } = routeNamed(name)
    if (least === 'anyone') continue
    const target = `${apiBase}${path.replaceAll(/\{\w+\}/g, '1')}`
    const spellings: [string, string, Record<string, string>][] = [
      [method, target, {}],
      ['HEAD', target, {}],
      ['OPTIONS', target, {}],
      [method, `${target}/`, {}],
      [method, target.toUpperCase(), {}],
      [method, target.replace('/api', '/%61pi'), {}],
      [method, target.replace('/v1/', '/v1%2f'), {}],
      ['GET', target, { 'x-http-method-override': method }],
      ['POST', target, { 'x-http-method-override': method, 'x-original-method': method }],
    ]
    for (const [how, where, headers] of spellings) {
      const { status } = await stranger.send(where, { method: how, headers })
      assert.ok(status >= 400, `${how} ${where}: ${status}`)
    }
    if (least === 'viewer') continue
    const sent =
      method === 'GET' ? {} : { body, headers: { 'if-match': await viewer.etag(), 'x-http-method-override': 'GET' } }
    const { status } = await viewer.send(target, { method, ...sent })
    assert.equal(status, 403, `${method} ${target}`)
  }
  assert.deepEqual(admin.wishes, [])
})

test('A11: line ends, escapes and their like from a request stand escaped in the record', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('admin')
  const name = 'x\r\n\u001b[2J\u2028y'
  assert.equal((await client.ask('addUser', { body: { name, role: 'viewer', password: adminPassword } })).status, 422)
  await client.ask('removeUser', { params: { name } })
  const { body } = await client.ask('auditExport')
  const lines = String(body).trimEnd().split('\n')
  for (const line of lines) assert.doesNotThrow(() => JSON.parse(line))
  assert.ok(lines.every((line) => !line.includes('\u001b') && !line.includes('\r')))
})

test('A12: no password, token or key is told again, in an answer, the record or the log', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('admin')
  const canary = 'canary-7f3a-canary-7f3a'
  const stranger = admin.stranger()
  const answers = [
    await stranger.ask('signIn', { body: { name: 'admin', password: canary } }),
    await stranger.ask('signIn', { body: { name: canary, password: 'x' } }),
    await stranger.ask('setUp', { body: { token: canary, name: 'thief', password: canary } }),
    await stranger.ask('policy', { headers: { authorization: `Bearer vdt_key_${canary}` } }),
    await client.ask('addUser', { body: { name: 'kim', role: 'viewer', password: canary } }),
    await client.ask('changePassword', { body: { current: canary, password: `${canary}!` } }),
    await client.send(`${apiBase}/users`, { method: 'POST', body: `{"name":"x","password":"${canary}"` }),
  ]
  const made = await client.ask('addKey', { body: { name: 'ci', role: 'viewer', areas: ['policy'], expiresInDays: 1 } })
  assert.match(made.body.secret, /^vdt_key_/)
  const said = JSON.stringify([
    ...answers.map(({ body, headers }) => [body, [...headers]]),
    (await client.ask('users')).body,
    (await client.ask('keys')).body,
    (await client.ask('sessions')).body,
    (await client.ask('auditExport')).body,
    admin.logged,
  ])
  for (const secret of [canary, made.body.secret, client.cookie.split('=')[1] as string])
    assert.ok(!said.includes(secret))
})

test('A13: a hundred thousand numeric keys cost no time worth speaking of', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const body = `{${Array.from({ length: 100_000 }, (_, n) => `"${n * 65_536}":1`).join()}}`
  const refused = await client.send(`${apiBase}/policy/check`, { method: 'POST', body })
  assert.deepEqual([refused.status, refused.body.code], [413, 'OPERATOR_TOO_LARGE'])
  const ms = await leastProcessorMs(() => assert.throws(() => assertFewValues(Buffer.from(body))))
  assert.ok(ms < 100, `${ms} ms`)
  const text = `${policyInForce}# ${',"\\'.repeat(30_000)}`
  assert.equal((await client.ask('checkPolicy', { body: { text } })).status, 200, 'commas in a text are no values')
})

test('A14: of two who apply from the same version one is told who was first, and the history has both', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const headers = { 'if-match': await client.etag(), prefer: 'wait=10' }
  const apply = (comment: string) =>
    client.ask('applyPolicy', { body: { text: `${policyInForce}# ${comment}\n`, comment }, headers })
  const answers = await Promise.all([apply('one'), apply('two')])
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412])
  const late = await apply('three')
  assert.equal(late.status, 412)
  assert.equal(late.body.details.active, 2)
  assert.equal(late.body.details.author, 'operator')
  const { body } = await client.ask('versions')
  assert.deepEqual(
    body.items.map(({ number }: { number: number }) => number),
    [2, 1],
  )
  const without = await client.ask('applyPolicy', { body: { text: policyInForce } })
  assert.equal(without.status, 428)
})
