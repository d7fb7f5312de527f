/**
 * Goal: nothing makes the doors that stand on Node's HTTP server read a request leniently, or fall over a name that
 * every object has. Method: both doors in a process that was started to be lenient; every request comes byte for byte.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RawSocket } from '../kit/entrance.ts'

const script = fileURLToPath(new URL('../kit/http-doors-process.ts', import.meta.url))
const env = { ...process.env, NODE_OPTIONS: '--insecure-http-parser' }
const child: ChildProcess = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
after(() => void child.stdin?.end())
const [said] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer]
const doors = JSON.parse(said.toString()) as Readonly<Record<'health' | 'admin', number>>

const paths = { health: '/livez', admin: '/api/v1/health' } as const
const chunks = '0\r\n\r\n'
const rows: [why: string, fields: string, body: string, status: 200 | 400][] = [
  ['nothing odd', '', '', 200],
  ['names that every object has', '__proto__: x\r\nconstructor: y\r\nhasOwnProperty: z\r\n', '', 200],
  [
    'the same as trailers',
    'Transfer-Encoding: chunked\r\nTrailer: __proto__\r\n',
    '0\r\n__proto__: x\r\nconstructor: y\r\n\r\n',
    200,
  ],
  ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', chunks, 400],
  ['a coding behind chunks', 'Transfer-Encoding: chunked, gzip\r\n', chunks, 400],
  ['a control character', 'X: a\u0001b\r\n', '', 400],
  ['a space before the colon', 'X : a\r\n', '', 400],
  ['a line that LF ends', 'X: a\nY: b\r\n', '', 400],
]
for (const [door, path] of Object.entries(paths)) {
  for (const [why, fields, body, status] of rows) {
    test(`${door} answers ${status} to a request with ${why}`, async (t) => {
      const caller = await RawSocket.connect(t, doors[door as keyof typeof doors])
      caller.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${fields}\r\n${body}`)
      assert.equal((await caller.receiveAll()).slice(0, 12), `HTTP/1.1 ${status}`)
    })
  }
}
