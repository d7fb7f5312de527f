/**
 * The callers people have, through the real sidecar, to the servers people have: curl, Python, Node, wrk and WebSocket
 * clients; nginx and `openssl s_server`. Whatever a client does by default must simply work.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import https from 'node:https'
import type net from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WebSocket, WebSocketServer } from 'ws'
import { needTools } from '../../bench/rig/tools.ts'
import { makeTrust, type Trust } from '../kit/make-trust.ts'
import { startNginx, startOpensslServer } from '../kit/real-backends.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let trust: Trust
let sidecar: Sidecar
let nginx: number
let openssl: number

before(async () => {
  await needTools(['curl', 'python3', 'wrk'])
  trust = await makeTrust(['backend.localhost'])
  nginx = await startNginx(cleaner, trust.leaf)
  openssl = await startOpensslServer(cleaner, trust.leaf)
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

const curl = (...args: string[]) => runProgram('curl', ['-sS', '--max-time', '20', '-x', sidecar.proxyUrl, ...args])
const nginxUrl = (scheme: string, file: string) => `${scheme}://backend.localhost:${nginx}${file}`

describe('curl', () => {
  test('http:// is lifted to TLS', async () => {
    const { stdout } = await curl('-i', nginxUrl('http', '/hello'))
    assert.match(stdout, /^HTTP\/1\.1 200 OK\r\n.*Via: 1\.1 vedette-.*\r\n\r\nhello from nginx\n$/s)
  })

  test('https:// goes through a tunnel, with the backend judged by us and by curl', async () => {
    const ca = path.join(sidecar.folder, 'truststores', 'corp', 'certificates.pem')
    const { stdout } = await curl('--cacert', ca, nginxUrl('https', '/hello'))
    assert.equal(stdout, 'hello from nginx\n')
    await sidecar.line(({ kind, verdict }) => kind === 'connect' && verdict === 'trusted')
  })

  test('openssl s_server answers until it closes', async () => {
    const { stdout } = await curl('-i', `http://backend.localhost:${openssl}/`)
    assert.match(stdout, /^HTTP\/1\.[01] 200 ok/i)
    assert.match(stdout, /Protocol {2}: TLSv1\.3/)
  })

  test('a large upload waits for 100 Continue and arrives whole', async () => {
    const body = Buffer.alloc(3_000_000, 'upload ')
    const file = path.join(sidecar.folder, 'upload')
    writeFileSync(file, body)
    const put = await curl('-i', '-T', file, '-H', 'Expect: 100-continue', nginxUrl('http', '/put-1'))
    assert.match(put.stdout, /HTTP\/1\.1 201 Created/)
    const { stdout } = await curl(nginxUrl('http', '/put-1'))
    assert.equal(digest(stdout), digest(body))
  })

  test('a chunked upload arrives whole', async () => {
    const file = path.join(sidecar.folder, 'upload')
    writeFileSync(file, 'in chunks '.repeat(5000))
    const put = await curl('-i', '-T', file, '-H', 'Transfer-Encoding: chunked', nginxUrl('http', '/put-2'))
    assert.match(put.stdout, /HTTP\/1\.1 201 Created/)
    const { stdout } = await curl(nginxUrl('http', '/put-2'))
    assert.equal(stdout, 'in chunks '.repeat(5000))
  })

  const plain: { how: string; args: string[]; expect: RegExp }[] = [
    { how: 'HEAD', args: ['-I'], expect: /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 10000000\r\n/s },
    { how: 'a range', args: ['-i', '-r', '0-7'], expect: /^HTTP\/1\.1 206 .*\r\n\r\nbig file$/s },
    {
      how: 'HTTP/1.0',
      args: ['-i', '-0', '-r', '0-7'],
      expect: /^HTTP\/1\.1 206 .*Connection: close\r\n\r\nbig file$/s,
    },
  ]
  for (const { how, args, expect } of plain) {
    test(how, async () => assert.match((await curl(...args, nginxUrl('http', '/big'))).stdout, expect))
  }

  test('10 MB come down whole, twice on one connection', async () => {
    const { stdout } = await curl(nginxUrl('http', '/big'), nginxUrl('http', '/big'))
    assert.equal(digest(stdout), digest(Buffer.alloc(20_000_000, Buffer.alloc(10_000_000, 'big file '))))
  })

  test('a refusal says why in Proxy-Status and in its body', async () => {
    const { stdout } = await curl('-i', `http://other.localhost:${nginx}/`)
    assert.match(stdout, /^HTTP\/1\.1 502 .*Proxy-Status: vedette; error=tls_certificate_error; details="/s)
    assert.match(stdout, /server name mismatch, certificate issued to: \[backend\.localhost\]/)
    const line = await sidecar.line(({ host }) => host === 'other.localhost')
    assert.deepEqual([line.decision, line.findings, line.fault], ['deny', ['name-mismatch'], 'policy'])
  })
})

describe('Python', () => {
  test('urllib, with http:// and with https://', async () => {
    const { stdout, stderr } = await python(`
import os, ssl, urllib.request
context = ssl.create_default_context(cafile=os.environ["CA"])
proxies = urllib.request.ProxyHandler({"http": os.environ["PROXY"], "https": os.environ["PROXY"]})
opener = urllib.request.build_opener(proxies, urllib.request.HTTPSHandler(context=context))
for scheme in ("http", "https"):
    print(opener.open(scheme + os.environ["TARGET"]).read().decode(), end="")
`)
    assert.equal(stdout, 'hello from nginx\nhello from nginx\n', stderr)
  })

  test('http.client, through a tunnel and with several requests on it', async () => {
    const { stdout, stderr } = await python(`
import http.client, os, ssl
connection = http.client.HTTPSConnection("127.0.0.1", int(os.environ["PORT"]), context=ssl.create_default_context(cafile=os.environ["CA"]))
connection.set_tunnel("backend.localhost", int(os.environ["NGINX"]))
for _ in range(3):
    connection.request("GET", "/hello")
    print(connection.getresponse().read().decode(), end="")
`)
    assert.equal(stdout, 'hello from nginx\n'.repeat(3), stderr)
  })

  function python(script: string) {
    const env = {
      CA: path.join(sidecar.folder, 'truststores', 'corp', 'certificates.pem'),
      PROXY: sidecar.proxyUrl,
      PORT: String(sidecar.proxyPort),
      NGINX: String(nginx),
      TARGET: `://backend.localhost:${nginx}/hello`,
      no_proxy: '',
    }
    return runProgram('python3', ['-c', script], { env })
  }
})

describe('Node', () => {
  test('fetch with a proxy agent, http:// and https://', async () => {
    const client = fileURLToPath(new URL('../kit/fetch-through-proxy.ts', import.meta.url))
    const args = [client, sidecar.proxyUrl, nginxUrl('http', '/hello'), nginxUrl('https', '/hello')]
    const env = { NODE_EXTRA_CA_CERTS: path.join(sidecar.folder, 'truststores', 'corp', 'certificates.pem') }
    const { stdout, stderr } = await runProgram(process.execPath, args, { env })
    assert.equal(stdout, '200 hello from nginx\n200 hello from nginx\n', stderr)
  })
})

describe('wrk', () => {
  test('thirty-two connections for a second: no error, and every answer a 200', async () => {
    const script = path.join(sidecar.folder, 'absolute.lua')
    writeFileSync(script, `request = function() return wrk.format("GET", "${nginxUrl('http', '/hello')}") end\n`)
    const { stdout } = await runProgram('wrk', ['-t1', '-c32', '-d1s', '-s', script, sidecar.proxyUrl])
    assert.match(stdout, /[1-9]\d* requests in/)
    assert.doesNotMatch(stdout, /Non-2xx|Socket errors/)
  })
})

describe('WebSocket', () => {
  test('a client of ws:// is upgraded over TLS and talks both ways', async (t) => {
    const server = https.createServer({ cert: trust.leaf.certificate, key: trust.leaf.key })
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      for (const socket of sockets.clients) socket.terminate()
      server.close()
    })
    const { port } = server.address() as net.AddressInfo

    const client = new WebSocket(`ws://127.0.0.1:${sidecar.proxyPort}/`, {
      finishRequest: (request) => {
        request.path = `http://backend.localhost:${port}/talk`
        request.end()
      },
    })
    t.after(() => client.terminate())
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject))
    for (const message of ['hello', Buffer.alloc(200_000, 'x')]) {
      const echoed = new Promise<string>((resolve) => client.once('message', (data) => resolve(String(data))))
      client.send(message)
      assert.equal(await echoed, String(message))
    }
    const closed = new Promise((resolve) => client.once('close', resolve))
    client.close(1000)
    assert.equal(await closed, 1000)
    const line = await sidecar.line(({ kind, port: asked }) => kind === 'upgrade' && asked === port)
    assert.deepEqual([line.status, line.error, line.verdict], [101, undefined, 'trusted'])
  })
})

function digest(bytes: Buffer | string): string {
  return createHash('sha256')
    .update(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    .digest('hex')
}
