/**
 * What http/ costs per message, in nanoseconds: run `node bench/micro/http-heads.ts`. Each row is the best of
 * several rounds, after a warm-up, because on a shared machine only the best round tells about the code.
 */

import { bodyReader } from '../../src/http/body-reader.ts'
import { forwardedRequestFields, forwardedResponseFields } from '../../src/http/forward-fields.ts'
import { chunked, framingFields } from '../../src/http/framing.ts'
import { findHeadEnd } from '../../src/http/head-end.ts'
import { parseRequestHead } from '../../src/http/request-head.ts'
import { parseResponseHead } from '../../src/http/response-head.ts'

const roundsPerRow = 12
const callsPerRound = 100_000

const curlRequest = head(
  'GET http://api.example/v1/items?page=2 HTTP/1.1',
  'Host: api.example',
  'User-Agent: curl/8.9.1',
  'Accept: */*',
  'Proxy-Connection: Keep-Alive',
)

const browserRequest = head(
  'POST http://api.example/v1/items?page=2&order=name HTTP/1.1',
  'Host: api.example',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Accept: application/json, text/plain, */*',
  'Accept-Language: en-GB,en;q=0.7,de;q=0.3',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Authorization: Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MTc5MDAwMDAwMH0.c2lnbmF0dXJlLWJ5dGVz',
  'Content-Type: application/json',
  'Content-Length: 42',
  'Cookie: session=0123456789abcdef0123456789abcdef; theme=dark',
  'Connection: keep-alive',
)

const nginxResponse = head(
  'HTTP/1.1 200 OK',
  'Server: nginx/1.28.0',
  'Date: Mon, 09 Nov 2026 12:00:00 GMT',
  'Content-Type: text/html',
  'Content-Length: 612',
  'Last-Modified: Tue, 13 Oct 2026 09:00:00 GMT',
  'Connection: keep-alive',
  'ETag: "67085bd0-264"',
  'Accept-Ranges: bytes',
)

const chunkedBytes = Buffer.from(`200\r\n${'x'.repeat(0x200)}\r\n0\r\n\r\n`)
const sink = {
  piece(bytes: Buffer) {
    consumed += bytes.length
  },
}
let consumed = 0
const target = Buffer.alloc(65536)

row('find the end of a curl request head', () => findHeadEnd(curlRequest, 0, curlRequest.length))
row('parse it', () => parseRequestHead(curlRequest, 0, curlRequest.length).passedOn.length)
row('find, parse and write it', () => forwardRequest(curlRequest))
row('find, parse and write a browser-like POST head', () => forwardRequest(browserRequest))
row('find the end of an nginx response head', () => findHeadEnd(nginxResponse, 0, nginxResponse.length))
row('parse it', () => parseResponseHead(nginxResponse, 0, nginxResponse.length, 'GET').status)
row('find, parse and write it', () => forwardResponse(nginxResponse))
row('read a chunked body of 512 bytes in one piece', () => bodyReader(chunked).read(chunkedBytes, sink))

// What the calls gave is printed, so that none of them can be optimised away.
process.stdout.write(`       (${consumed} counted)\n`)

function forwardRequest(bytes: Buffer): number {
  const parsed = parseRequestHead(bytes, 0, findHeadEnd(bytes, 0, bytes.length))
  const text = `${parsed.method} /v1/items HTTP/1.1\r\nHost: api.example\r\n${forwardedRequestFields(parsed)}${framingFields(parsed.framing)}Via: 1.1 vedette\r\n\r\n`
  return target.write(text, 0, 'latin1')
}

function forwardResponse(bytes: Buffer): number {
  const parsed = parseResponseHead(bytes, 0, findHeadEnd(bytes, 0, bytes.length), 'GET')
  const text = `HTTP/1.1 ${parsed.status} ${parsed.reason}\r\n${forwardedResponseFields(parsed)}${framingFields(parsed.framing)}Via: 1.1 vedette\r\n\r\n`
  return target.write(text, 0, 'latin1')
}

function row(name: string, call: () => number): void {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < roundsPerRow; round++) {
    const begun = process.hrtime.bigint()
    for (let index = 0; index < callsPerRound; index++) consumed += call()
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / callsPerRound)
  }
  process.stdout.write(`${String(Math.round(best)).padStart(6)} ns  ${name}\n`)
}

function head(...lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}
