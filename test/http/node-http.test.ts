/**
 * Against node:http as a whole, not only its parser: a real http.Server and a real client over streams in memory,
 * so that what Node adds to llhttp (Host is required, Expect is checked, heads have limits) is compared too.
 * What is taken here must be the same request there, and no more than that; so what Node refuses is refused.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import test from 'node:test'
import { generateMutated, generateValid } from './generate.ts'
import { Random } from './random.ts'
import { type ReadStream, readStream } from './read-stream.ts'

interface Told {
  readonly method: string
  readonly target: string
  readonly fields: readonly string[]
  body: string
}

const streamsPerTest = 1000
const { server, serve } = startServer()
test.after(() => server.close())

test('what a Node server refuses is refused, what is taken is the same request there', async () => {
  for (let seed = 1; seed <= streamsPerTest; seed++) {
    const random = new Random(seed)
    const stream = random.once(2) ? generateValid(random, 'request') : generateMutated(random, 'request')
    await compareWithServer(stream, `seed ${seed}`)
  }
})

test('what is taken of a smuggling vector is the same to a Node server, and not one request more', async () => {
  const vectors = JSON.parse(readFileSync(new URL('../vectors/smuggling.json', import.meta.url), 'utf8'))
  for (const vector of vectors) {
    if (vector.side === 'request') await compareWithServer(vector.bytes, vector.technique)
  }
})

test('what a Node client refuses is refused, what is taken is the same response there', async () => {
  for (let seed = 1; seed <= streamsPerTest; seed++) {
    const random = new Random(seed)
    const stream = random.once(2) ? generateValid(random, 'response') : generateMutated(random, 'response')
    const bytes = Buffer.from(stream, 'latin1')
    const read = readStream(bytes, { side: 'response' })
    // A client hears of one answer only; answers before it that only inform are not compared here.
    const [first] = read.messages
    if (first === undefined || !('status' in first.head) || first.head.status < 200) continue
    const told = await askClient(bytes.subarray(0, first.end))
    assert.ok(told !== undefined, `seed ${seed}: taken, but the client refused it: ${JSON.stringify(stream)}`)
    assert.deepEqual([told.target, told.body], [String(first.head.status), first.data], `seed ${seed}`)
    assert.deepEqual(told.fields, first.head.fields.pairs, `seed ${seed}`)
  }
})

async function compareWithServer(stream: string, name: string): Promise<void> {
  const bytes = Buffer.from(stream, 'latin1')
  const read = readStream(bytes, { side: 'request' })
  // Only what is taken is sent: at an error in what follows the server drops requests that it has read whole.
  const told = read.rest === 0 ? [] : await serve(bytes.subarray(0, read.rest))
  assert.deepEqual(told, sameToAServer(read), `${name}: ${JSON.stringify(stream)}`)
}

function sameToAServer(read: ReadStream): Told[] {
  return read.messages.flatMap(({ head, data }) => {
    return 'method' in head ? [{ method: head.method, target: head.target, fields: head.fields.pairs, body: data }] : []
  })
}

function startServer(): { server: Server; serve: (bytes: Buffer) => Promise<Told[]> } {
  let heard: Told[] = []
  const hear = (message: IncomingMessage): Told => {
    const told = { method: message.method ?? '', target: message.url ?? '', fields: message.rawHeaders, body: '' }
    heard.push(told)
    return told
  }
  const answer = (message: IncomingMessage, response: ServerResponse) => {
    const told = hear(message)
    message.on('data', (bytes: Buffer) => {
      told.body += bytes.toString('latin1')
    })
    message.on('end', () => response.end())
    message.on('error', () => {})
  }
  const server = createServer(answer)
  server.on('checkContinue', answer)
  server.on('connect', (message: IncomingMessage, socket: Duplex) => {
    hear(message)
    socket.end()
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  const serve = async (bytes: Buffer): Promise<Told[]> => {
    heard = []
    const [ours, theirs] = duplexPair()
    theirs.on('error', () => {})
    server.emit('connection', theirs)
    const closed = new Promise((resolve) => ours.on('close', resolve))
    ours.on('error', () => {})
    ours.resume()
    ours.end(bytes)
    await closed
    return heard
  }
  return { server, serve }
}

function askClient(bytes: Buffer): Promise<Told | undefined> {
  const [ours, theirs] = duplexPair()
  theirs.on('error', () => {})
  theirs.resume()
  return new Promise((resolve) => {
    const asked = request({ createConnection: () => ours, host: 'a.example' }, (response) => {
      let body = ''
      response.on('data', (piece: Buffer) => {
        body += piece.toString('latin1')
      })
      response.on('error', () => resolve(undefined))
      response.on('end', () => {
        const target = String(response.statusCode)
        resolve({ method: '', target, fields: response.rawHeaders, body })
        ours.destroy()
      })
    })
    asked.on('error', () => resolve(undefined))
    asked.end()
    theirs.end(bytes)
  })
}
