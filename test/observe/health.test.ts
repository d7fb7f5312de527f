import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { type HealthCheck, healthAnswer } from '../../src/observe/health-report.ts'
import { startHealthServer } from '../../src/observe/health-server.ts'

const good: readonly HealthCheck[] = [
  { name: 'loop', ok: true, detail: '', paths: ['livez'] },
  { name: 'listeners', ok: true, detail: '127.0.0.1:3128', paths: ['readyz'] },
  { name: 'policy', ok: true, detail: 'v8 running, v9 rejected', paths: ['readyz', 'startupz'] },
]
const failing: readonly HealthCheck[] = [
  ...good.filter((check) => check.name !== 'listeners'),
  { name: 'listeners', ok: false, detail: '127.0.0.1:3128 is in use\n[+]forged ok', paths: ['readyz'] },
]

interface Case {
  readonly reason: string
  readonly path: string
  readonly checks?: readonly HealthCheck[]
  readonly accept?: string
  readonly status: number
  readonly body: string
}
const verboseGood = '[+]listeners ok: 127.0.0.1:3128\n[+]policy ok: v8 running, v9 rejected\n'
const verboseBad = '[+]policy ok: v8 running, v9 rejected\n[-]listeners failed: 127.0.0.1:3128 is in use [+]forged ok\n'
const cases: readonly Case[] = [
  { reason: 'a machine needs no more than this', path: '/readyz', status: 200, body: 'ok\n' },
  {
    reason: 'liveness asks only its own checks',
    path: '/livez?verbose',
    status: 200,
    body: '[+]loop ok\nlivez check passed\n',
  },
  {
    reason: 'a rejected version shows and does not fail readiness',
    path: '/readyz?verbose',
    status: 200,
    body: `${verboseGood}readyz check passed\n`,
  },
  {
    reason: 'healthz is readyz under its old name',
    path: '/healthz?verbose',
    status: 200,
    body: `${verboseGood}healthz check passed\n`,
  },
  {
    reason: 'a failure prints its reasons unasked, one line each',
    path: '/readyz',
    checks: failing,
    status: 503,
    body: `${verboseBad}readyz check failed\n`,
  },
  { reason: 'liveness stands when readiness falls', path: '/livez', checks: failing, status: 200, body: 'ok\n' },
  {
    reason: 'an excluded check does not count',
    path: '/readyz?exclude=listeners',
    checks: failing,
    status: 200,
    body: 'ok\n',
  },
  {
    reason: 'excluding what does not exist is said',
    path: '/startupz?verbose&exclude=polcy',
    status: 200,
    body: '[+]policy ok: v8 running, v9 rejected\nwarn: no check polcy to exclude\nstartupz check passed\n',
  },
  { reason: 'one check can be asked alone', path: '/readyz/policy', checks: failing, status: 200, body: 'ok\n' },
  {
    reason: 'and fails alone',
    path: '/readyz/listeners',
    checks: failing,
    status: 503,
    body: `${verboseBad.split('\n')[1]}\nreadyz check failed\n`,
  },
  {
    reason: 'a check of another path is not found',
    path: '/livez/policy',
    status: 404,
    body: 'there is no check policy for livez\n',
  },
  {
    reason: 'programs get JSON when they ask',
    path: '/startupz',
    accept: 'text/html, application/json;q=0.9',
    status: 200,
    body: '{"status":"ok","checks":[{"name":"policy","ok":true,"detail":"v8 running, v9 rejected"}]}\n',
  },
]
for (const { reason, path, checks = good, accept, status, body } of cases) {
  test(`${path} answers ${status}: ${reason}`, () => {
    const answer = healthAnswer(new URL(path, 'http://x'), { accept, checks })
    assert.deepEqual([answer?.status, answer?.body], [status, body])
  })
}

test('paths that are not about health are left to others', () => {
  for (const path of ['/', '/metrics', '/readyz/policy/more', '/READYZ', '/readyzz']) {
    assert.equal(healthAnswer(new URL(path, 'http://x'), { accept: undefined, checks: good }), null, path)
  }
})

async function withServer(
  body: (ask: (method: string, path: string, accept?: string) => Promise<Reply>, port: number) => Promise<void>,
  changes: { metricsText?: () => Promise<never>; errors?: unknown[] } = {},
): Promise<void> {
  const server = await startHealthServer({
    listen: { host: '127.0.0.1', port: 0 },
    checks: () => good,
    metricsText: async (accept) => ({ contentType: 'text/plain', body: `metrics for ${accept}\n` }),
    onError: (error) => changes.errors?.push(error),
    ...changes,
  })
  try {
    await body((method, path, accept) => ask(server.address.port, method, path, accept), server.address.port)
  } finally {
    await server.close()
  }
}

interface Reply {
  readonly status: number
  readonly fields: NodeJS.Dict<string | string[]>
  readonly body: string
}

function ask(port: number, method: string, path: string, accept = '*/*'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers: { accept }, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, fields: response.headers, body }))
    })
    asked.on('error', reject).end()
  })
}

test('the server answers health and metrics, to HEAD without a body', () =>
  withServer(async (ask) => {
    const ready = await ask('GET', '/readyz?verbose')
    assert.deepEqual([ready.status, ready.fields['cache-control']], [200, 'no-store'])
    assert.match(ready.body, /readyz check passed/)
    assert.equal((await ask('GET', '/metrics', 'a/b')).body, 'metrics for a/b\n')
    const head = await ask('HEAD', '/livez')
    assert.deepEqual([head.status, head.body, head.fields['content-length']], [200, '', '3'])
    assert.equal((await ask('GET', '/elsewhere')).status, 404)
    assert.equal((await ask('GET', '//')).status, 404)
  }))

test('nothing can be changed through it: other methods get 405', () =>
  withServer(async (ask) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      const reply = await ask(method, '/readyz')
      assert.deepEqual([reply.status, reply.fields.allow], [405, 'GET, HEAD'], method)
    }
  }))

test('a fault of ours is a 500 without its story, and the story goes to the log', async () => {
  const errors: unknown[] = []
  const broken = new Error('secret story')
  await withServer(
    async (ask) => {
      const reply = await ask('GET', '/metrics')
      assert.deepEqual([reply.status, reply.body], [500, 'internal error\n'])
      assert.deepEqual(errors, [broken])
    },
    { metricsText: () => Promise.reject(broken), errors },
  )
})

test('a caller that resets in the middle is no event', async () => {
  const errors: unknown[] = []
  await withServer(
    async (ask, port) => {
      for (let n = 0; n < 20; n++) {
        await new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.write('GET /readyz HT')
            socket.resetAndDestroy()
          })
          socket.on('close', () => resolve())
        })
      }
      assert.equal((await ask('GET', '/livez')).status, 200)
    },
    { errors },
  )
  assert.deepEqual(errors, [])
})

test('a port in use is named, with who wanted it', () =>
  withServer(async (_ask, port) => {
    const second = startHealthServer({
      listen: { host: '127.0.0.1', port },
      checks: () => good,
      metricsText: async () => ({ contentType: '', body: '' }),
      onError: () => {},
    })
    await assert.rejects(second, { code: 'OPERATOR_PORT_IN_USE', message: `health.listen 127.0.0.1:${port} is in use` })
  }))

test('an address of another machine cannot be listened on', async () => {
  const elsewhere = startHealthServer({
    listen: { host: '192.0.2.1', port: 0 },
    checks: () => good,
    metricsText: async () => ({ contentType: '', body: '' }),
    onError: () => {},
  })
  await assert.rejects(elsewhere, { code: 'OPERATOR_ADDRESS_UNUSABLE', message: /EADDRNOTAVAIL/ })
})
