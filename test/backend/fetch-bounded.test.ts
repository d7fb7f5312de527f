/**
 * Goal: a certificate cannot make us fetch from where the policy does not let us go, nor hold us up, nor fill us up.
 * Method: real servers on loopback, under policies that allow loopback or, as by default, deny it.
 */
import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { Resolve } from '../../src/backend/dial/name-resolver.ts'
import { AddressBook } from '../../src/backend/dial/resolve-address.ts'
import { type FetchWish, fetchBounded } from '../../src/backend/fetch-bounded.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import { makeSnapshot, type SnapshotWish } from '../kit/make-snapshot.ts'
import { misbehaviours, startRawBackend } from '../kit/start-backend.ts'

type Respond = (request: http.IncomingMessage, response: http.ServerResponse) => void

async function startServer(t: TestContext, respond: Respond) {
  const requests: http.IncomingMessage[] = []
  const server = http.createServer((request, response) => {
    requests.push(request)
    respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, requests }
}

const limits = { timeoutMs: 2_000, bytesMax: 1000 }
const fetchFrom = (url: string, more: Partial<FetchWish> = {}, wish: SnapshotWish = {}, resolve?: Resolve) =>
  fetchBounded({ url, ...limits, ...more }, new AddressBook(makeSnapshot(wish), { resolve }))

describe('what a certificate points to', () => {
  it('is fetched by GET, with the name asked for and no more said than needed', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end('a list'))
    const bytes = await fetchFrom(`http://crl.test:${port}/a?b=c`, {}, {}, async () => ['127.0.0.1'])
    assert.equal(bytes.toString(), 'a list')
    const [request] = requests
    assert.deepEqual([request?.method, request?.url], ['GET', '/a?b=c'])
    assert.deepEqual(request?.headers, { host: `crl.test:${port}`, 'user-agent': 'vedette', connection: 'close' })
  })

  it('is asked by POST where there is a question', async (t) => {
    const { port } = await startServer(t, async (request, response) => {
      const body = await request.toArray()
      response.end(`${request.headers['content-type']} ${Buffer.concat(body)}`)
    })
    const post = { contentType: 'application/ocsp-request', body: Buffer.from('question') }
    const bytes = await fetchFrom(`http://127.0.0.1:${port}/`, { post })
    assert.equal(bytes.toString(), 'application/ocsp-request question')
  })

  const denied = ['127.0.0.1', '0x7f.1', '2130706433', '0177.0.0.1', '127.1', '0', '[::1]', '[::ffff:127.0.0.1]']
  const disguised = ['[64:ff9b::7f00:1]', '[2002:7f00:1::]', '169.254.169.254', '[fd00:ec2::254]', 'localhost']
  for (const host of [...denied, ...disguised]) {
    it(`is not fetched from ${host}, which the policy denies`, async (t) => {
      const { port, requests } = await startServer(t, (_request, response) => response.end('secret'))
      const addresses = { deny: ['default'], allow: [] }
      await assert.rejects(fetchFrom(`http://${host}:${port}/`, {}, { addresses }), { code: 'POLICY_ADDRESS_DENIED' })
      assert.equal(requests.length, 0)
    })
  }

  it('is not fetched from a name that leads to a denied address', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end('secret'))
    const addresses = { deny: ['default'], allow: [] }
    const resolve = async () => ['127.0.0.1']
    const fetched = fetchFrom(`http://crl.test:${port}/`, {}, { addresses }, resolve)
    await assert.rejects(fetched, { code: 'POLICY_ADDRESS_DENIED' })
    assert.equal(requests.length, 0)
  })

  it('is dialled at the address that was judged, whatever the name says next', async (t) => {
    const { port } = await startServer(t, (_request, response) => response.end('a list'))
    const answers = [['127.0.0.1'], ['169.254.169.254']]
    await fetchFrom(`http://crl.test:${port}/`, {}, {}, async () => answers.shift() ?? [])
    assert.equal(answers.length, 1)
  })

  it('is not fetched from ourselves', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end())
    const settings = {
      admin: { identity: 'none', allow: ['any'], hosts: ['own'], listen: { host: '127.0.0.1', port } },
    }
    await assert.rejects(fetchFrom(`http://127.0.0.1:${port}/`, {}, { settings }), { code: 'CALLER_LOOP' })
    assert.equal(requests.length, 0)
  })

  const urls: [url: string, why: RegExp][] = [
    ['https://crl.test/a', /is https: and only http: is fetched/],
    ['ldap://directory.test/cn=crl', /is ldap: and only/],
    ['file:///etc/passwd', /is file: and only/],
    ['http://user:pass@crl.test/', /crl\.test carries a name and a password/],
    ['http://a\u0000b.test/', /not a URL/],
    ['http://a..b/', /has a host that cannot be dialled/],
    ['no url at all', /not a URL/],
    [`http://crl.test/${'a'.repeat(3000)}`, /not a URL/],
  ]
  for (const [url, message] of urls) {
    it(`is refused unfetched: ${url.slice(0, 40)}`, async () => {
      await assert.rejects(fetchFrom(url), { code: 'BACKEND_FETCH_FAILED', message })
    })
  }

  const answers: [why: string, respond: Respond, message: RegExp][] = [
    ['is too long by what it announces', (_, r) => r.end(Buffer.alloc(1001)), /longer than 1000 bytes/],
    ['never ends', (_, r) => pour(r), /longer than 1000 bytes/],
    ['is a redirect', (_, r) => r.writeHead(302, { location: '/' }).end(), /status 302, and redirects/],
    ['is an error', (_, r) => r.writeHead(404).end(), /status 404/],
    ['is compressed', (_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('x'), /encoding/],
    ['is cut off', (_, r) => r.writeHead(200, { 'content-length': '9' }).write('x', () => r.destroy()), /ECONNRESET/],
  ]
  for (const [why, respond, message] of answers) {
    it(`is refused when the answer ${why}`, async (t) => {
      const { port } = await startServer(t, respond)
      await assert.rejects(fetchFrom(`http://127.0.0.1:${port}/`), { code: 'BACKEND_FETCH_FAILED', message })
    })
  }

  it('may be exactly as long as the limit', async (t) => {
    const { port } = await startServer(t, (_request, response) => response.end(Buffer.alloc(1000)))
    assert.equal((await fetchFrom(`http://127.0.0.1:${port}/`)).length, 1000)
  })

  it('is given up after its time, with the connection', async (t) => {
    const silent = await startRawBackend(t, { onSocket: misbehaviours.silent })
    const fetched = fetchFrom(`http://127.0.0.1:${silent.port}/`, { timeoutMs: 200 })
    await assert.rejects(fetched, { code: 'BACKEND_FETCH_FAILED', message: /took more than 200 ms/ })
    const [socket] = silent.sockets
    if (socket) await new Promise((resolve) => socket.resume().once('end', resolve))
  })

  it('is given up after its time while the name is being resolved', async () => {
    const never = () => new Promise<readonly string[]>(() => {})
    const fetched = fetchFrom('http://crl.test/', { timeoutMs: 100 }, {}, never)
    await assert.rejects(fetched, { code: 'BACKEND_FETCH_FAILED', message: /took more than 100 ms/ })
  })

  it('comes from the next address when the first refuses the connection', async (t) => {
    const { port } = await startServer(t, (_request, response) => response.end('a list'))
    const bytes = await fetchFrom(`http://crl.test:${port}/`, {}, {}, async () => ['127.0.0.2', '127.0.0.1'])
    assert.equal(bytes.toString(), 'a list')
  })
})

function pour(response: http.ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(500)));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}

describe('the proxy that the environment names', () => {
  const nobody: Resolve = async () => []
  const book = (wish: SnapshotWish = {}) => new AddressBook(makeSnapshot(wish), { resolve: nobody })
  const through = (port: number, except: string[] = []) => ({
    via: { scheme: 'http', to: parseAuthority(`127.0.0.1:${port}`) } as const,
    except,
    credentials: { user: 'alice', password: 'pw' },
  })
  const wish = (url: string): FetchWish => ({ url, ...limits })

  it('is asked for the whole URL, for it resolves the name, and told who we are', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end('a list'))
    const bytes = await fetchBounded(wish('http://crl.test/a?b=c'), book(), through(port))
    assert.equal(bytes.toString(), 'a list')
    const [request] = requests
    assert.deepEqual([request?.url, request?.headers.host], ['http://crl.test/a?b=c', 'crl.test'])
    assert.equal(request?.headers['proxy-authorization'], 'Basic YWxpY2U6cHc=')
  })

  it('is passed by for what NO_PROXY names, which is told nothing of it', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end('a list'))
    await fetchBounded(wish(`http://127.0.0.1:${port}/a`), book(), through(1, ['127.0.0.1']))
    assert.deepEqual([requests[0]?.url, requests[0]?.headers['proxy-authorization']], ['/a', undefined])
  })

  it('is not asked for an address that the policy denies', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end('secrets'))
    const fetched = fetchBounded(wish('http://169.254.169.254/latest'), book(), through(port))
    await assert.rejects(fetched, { code: 'POLICY_ADDRESS_DENIED' })
    assert.equal(requests.length, 0)
  })

  it('is passed by where it is this very instance', async (t) => {
    const { port, requests } = await startServer(t, (_request, response) => response.end('a list'))
    const own = { host: '127.0.0.1', port: 3128 }
    await fetchBounded(
      wish(`http://127.0.0.1:${port}/a`),
      book({ settings: { proxy: { listen: [own] } } }),
      through(3128),
    )
    assert.equal(requests[0]?.url, '/a')
  })
})
