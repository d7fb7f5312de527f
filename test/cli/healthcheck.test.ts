import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { runCli } from './run-cli.ts'

async function serve(test: TestContext, respond: http.RequestListener): Promise<string> {
  const server = http.createServer(respond)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`
}

describe('healthcheck', () => {
  it('exits 0 for 200', async (t) => {
    const url = await serve(t, (_, response) => response.end('ok'))
    const { status, stdout, stderr } = await runCli(['healthcheck', '--url', url])
    assert.equal(status, 0)
    assert.equal(stdout, '')
    assert.match(stderr, /200 ok/)
  })

  it('exits 1 for 503 and says what the endpoint said', async (t) => {
    const url = await serve(t, (_, response) => response.writeHead(503).end('draining'))
    const { status, stdout } = await runCli(['healthcheck', '--url', url, '--json'])
    assert.equal(status, 1)
    assert.deepEqual(JSON.parse(stdout), { healthy: false, url, status: 503, body: 'draining' })
  })

  it('does not follow a redirect to something healthier', async (t) => {
    const healthy = await serve(t, (_, response) => response.end('ok'))
    const url = await serve(t, (_, response) => response.writeHead(302, { Location: healthy }).end())
    assert.equal((await runCli(['healthcheck', '--url', url])).status, 1)
  })

  it('exits 1 when nobody answers', async (t) => {
    const url = await serve(t, (request) => request.socket.destroy())
    const { status, stderr } = await runCli(['healthcheck', '--url', url])
    assert.equal(status, 1)
    assert.match(stderr, /no answer/)
  })

  for (const listen of ['127.0.0.1', '0.0.0.0']) {
    it(`without --url, asks where health.listen says: ${listen}`, async (t) => {
      const { port } = new URL(await serve(t, (request, response) => response.end(request.url)))
      const { status, stdout } = await runCli(['healthcheck', '--health-listen', `${listen}:${port}`, '--json'])
      assert.equal(status, 0)
      assert.deepEqual(JSON.parse(stdout), {
        healthy: true,
        url: `http://127.0.0.1:${port}/readyz`,
        status: 200,
        body: '/readyz',
      })
    })
  }

  for (const url of ['nonsense', 'file:///etc/passwd', 'unix:/x']) {
    it(`refuses ${url} as a usage error`, async () => {
      assert.equal((await runCli(['healthcheck', '--url', url])).status, 2)
    })
  }
})
