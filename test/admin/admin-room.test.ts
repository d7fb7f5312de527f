/** The address itself: TLS, the page, and what the description of the API says of it. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, test } from 'node:test'
import { hashPassword } from '../../src/admin/access/password.ts'
import { buildCommand } from '../../src/admin/built-page.ts'
import { openApi } from '../../src/admin/openapi.ts'
import { apiBase, routeNamed, routeNames } from '../../src/admin/route-table.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { addUser } from '../../src/history/users.ts'
import { adminPassword } from '../kit/admin-client.ts'
import { startAdmin } from '../kit/start-admin.ts'

test('over TLS the cookie is bound to this host and to TLS, and browsers are told to stay with it', async (t) => {
  const identity = await makeCertificate({ subject: 'manager', sans: { ip: ['127.0.0.1'] } })
  const admin = await startAdmin(t, { identity })
  addUser(admin.history, {
    name: 'admin',
    role: 'admin',
    password: await hashPassword(adminPassword),
    createdMs: 1,
    createdBy: 'test',
    disabled: false,
  })
  const { port } = new URL(admin.url)
  const { headers, status } = await new Promise<{
    headers: NodeJS.Dict<string | string[]>
    status: number | undefined
  }>((resolve, reject) => {
    const request = https.request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: `${apiBase}/session`,
        ca: identity.certificate,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        response.resume()
        resolve({ headers: response.headers, status: response.statusCode })
      },
    )
    request.on('error', reject).end(JSON.stringify({ name: 'admin', password: adminPassword }))
  })
  assert.equal(status, 201)
  assert.match(
    String(headers['set-cookie']),
    /^__Host-vedette-session=vdt_session_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  )
  assert.match(String(headers['strict-transport-security']), /max-age/)
})

test('on plain loopback the cookie is for this page alone', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('viewer')
  const { headers } = await client.ask('signIn', { body: { name: 'viewer', password: adminPassword } })
  assert.match(
    headers.get('set-cookie') ?? '',
    /^vedette-session=vdt_session_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  assert.equal(headers.get('strict-transport-security'), null)
})

test('the page is served where it is built, with its own addresses, and nothing outside its folder', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'vedette-page-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  // Where npx and people's own installations lie; only what is hidden inside of the page is nobody's business.
  const folder = path.join(home, '.local')
  const pageFolder = path.join(folder, 'page')
  mkdirSync(path.join(pageFolder, 'assets'), { recursive: true })
  writeFileSync(path.join(folder, 'secret.txt'), 'secret')
  writeFileSync(path.join(pageFolder, '.made-from'), 'hash')
  writeFileSync(path.join(pageFolder, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(path.join(pageFolder, 'assets', 'main-1234.js'), 'export {}')
  writeFileSync(path.join(pageFolder, 'icon.svg'), '<svg/>')
  mkdirSync(path.join(pageFolder, 'docs'))
  writeFileSync(path.join(pageFolder, 'docs', 'reasons.html'), '<title>Reasons</title>')
  writeFileSync(path.join(pageFolder, 'docs', 'README.html'), '<title>Documents</title>')
  const client = (await startAdmin(t, { pageFolder })).stranger()
  for (const target of ['/', '/setup', '/outgoing-tls', '/trust/corp']) {
    const { status, body, headers } = await client.send(target)
    assert.deepEqual(
      [status, body, headers.get('cache-control')],
      [200, '<!doctype html><title>page</title>', 'no-cache'],
      target,
    )
  }
  const document = await client.send('/docs/reasons')
  assert.deepEqual([document.status, document.body], [200, '<title>Reasons</title>'])
  assert.match(document.headers.get('content-security-policy') ?? '', /script-src 'self'/)
  assert.equal((await client.send('/docs')).body, '<title>Documents</title>')
  const asset = await client.send('/assets/main-1234.js')
  assert.match(asset.headers.get('cache-control') ?? '', /immutable/)
  assert.equal((await client.send('/icon.svg')).headers.get('cache-control'), 'public, max-age=86400')
  for (const target of [
    '/assets/none.js',
    '/.made-from',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/API/v1/status',
    '/docs/none',
    '/docs/..%2f..%2fsecret',
  ]) {
    assert.equal((await client.send(target)).status, 404, target)
  }
})

test('without a built page a short text says so, and how to get it', async (t) => {
  const { status, body } = await (await startAdmin(t)).stranger().send('/')
  assert.equal(status, 200)
  assert.match(body, /its page is not part of this installation/i)
  assert.ok(body.includes(buildCommand), body)
})

describe('the description of the API', () => {
  const { openapi, paths, components } = JSON.parse(JSON.stringify(openApi('1.0.0')))
  it('is OpenAPI 3.1', () => assert.equal(openapi, '3.1.0'))
  for (const name of routeNames) {
    const { method, path: at, body, least, precondition } = routeNamed(name)
    it(`has ${method} ${at}`, () => {
      const described = paths[`${apiBase}${at}`][method.toLowerCase()]
      assert.equal(described.operationId, name)
      assert.equal(described.requestBody !== undefined, body !== undefined)
      assert.equal(described.security.length === 0, least === 'anyone')
      const names = described.parameters.map((one: { name: string }) => one.name)
      assert.equal(names.includes('If-Match'), precondition === true)
      for (const [, parameter] of at.matchAll(/\{(\w+)\}/g)) assert.ok(names.includes(parameter))
    })
  }
  it('describes refusals and the stream', () =>
    assert.ok(components.schemas.Problem && components.schemas.StreamEvents))
})
