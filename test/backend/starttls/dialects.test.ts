/**
 * Goal: each dialect gets to TLS with a backend that keeps to its protocol, and to nothing with any other. Method: fake
 * servers from one table, over real sockets, reached as a service reaches them.
 */
import assert from 'node:assert/strict'
import type net from 'node:net'
import { before, describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import type { OpenedConnection } from '../../../src/backend/dial/open-connection.ts'
import type { Step } from '../../../src/backend/starttls/dialect.ts'
import { makeDialect } from '../../../src/backend/starttls/dialects.ts'
import { asSidecarError, type SidecarError } from '../../../src/errors.ts'
import { starttlsProtocols } from '../../../src/settings/service.ts'
import { type DialectRow, dialectTable } from '../../kit/dialect-table.ts'
import { makeTrust, type Trust } from '../../kit/make-trust.ts'
import { makeBackends } from '../../kit/reach.ts'
import { startRawBackend } from '../../kit/start-backend.ts'

let trust: Trust
before(async () => {
  trust = await makeTrust(['backend.test'])
})

/** Says the greeting and the answers in turn; what it was asked must be what the table says. */
function speak(socket: net.Socket, { greeting, talk }: DialectRow, begun: (socket: net.Socket) => void): void {
  let turn = 0
  let asked = ''
  if (greeting !== undefined) socket.write(greeting, 'latin1')
  const heard = (bytes: Buffer) => {
    asked += bytes.toString('latin1')
    const [expected = '', answer = ''] = talk[turn] ?? []
    if (asked.length < expected.length) return
    // MySQL's client begins TLS without waiting for an answer.
    const ahead = answer === '' ? Buffer.from(asked.slice(expected.length), 'latin1') : Buffer.alloc(0)
    asked = asked.slice(0, asked.length - ahead.length)
    if (asked !== expected) return void socket.destroy(new Error(`asked ${JSON.stringify(asked)}`))
    asked = ''
    turn += 1
    if (turn === talk.length) {
      socket.off('data', heard)
      socket.pause()
      if (ahead.length > 0) socket.unshift(ahead)
      if (answer === '') return begun(socket)
      socket.write(answer, 'latin1', () => begun(socket))
      return
    }
    socket.write(answer, 'latin1')
  }
  socket.on('data', heard)
}

/** TLS over the connection as it is now; says hello and gives back what it gets. */
function secure(socket: net.Socket): void {
  const { certificate: cert, key } = trust.leaf
  const secured = new tls.TLSSocket(socket, { isServer: true, secureContext: tls.createSecureContext({ cert, key }) })
  secured.on('error', () => {})
  secured.write('hello inside\n')
  secured.pipe(secured)
}

async function connect(t: TestContext, row: DialectRow, onSocket: (socket: net.Socket) => void, starttls?: 'may') {
  const { port } = await startRawBackend(t, { onSocket })
  const unlisted = { verifyName: 'backend.test', ...(starttls === undefined ? {} : { starttls }) }
  const { backends, decision } = makeBackends(t, { trust: [trust.set], unlisted })
  const opened = await backends.connect({
    decision: decision(`127.0.0.1:${port}`),
    scheme: 'tls',
    starttls: row.protocol,
    timeouts: { connectMs: 2000, handshakeMs: 300 },
  })
  t.after(() => opened.backend.wire.destroy())
  return opened
}

async function refusal(t: TestContext, row: DialectRow, onSocket: (socket: net.Socket) => void): Promise<SidecarError> {
  const opened = await connect(t, row, onSocket).catch(asSidecarError)
  assert.ok(opened instanceof Error, 'it was let through')
  return opened
}

/** Reads what the caller would get until it ends with the text. */
function callerGets({ backend, takeEarly }: OpenedConnection, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const hear = (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (text.endsWith(end)) resolve(text)
    }
    const closed = () => reject(new Error(`closed after ${JSON.stringify(text)}`))
    backend.wire.reader = { bytes: hear, ended() {}, drained() {}, closed }
    hear(takeEarly())
    backend.wire.resume()
  })
}

/** The dialogue without a network: what comes of it, when every answer comes in segments of this length. */
function play({ protocol, greeting = '', talk }: DialectRow, segment = Number.POSITIVE_INFINITY): string {
  const dialect = makeDialect(protocol, { host: 'backend.test' })
  let asked = ''
  const take = (step: Step): Step => {
    const next = step.kind === 'ask' ? (dialect.answered?.(undefined) ?? step) : step
    if ('write' in next) asked += next.write?.toString('latin1') ?? ''
    return next
  }
  let step = take(dialect.begin())
  for (const word of [greeting, ...talk.map(([, answer]) => answer)]) {
    for (let at = 0; at < word.length && step.kind === 'more'; at += segment) {
      step = take(dialect.take(Buffer.from(word.slice(at, at + segment), 'latin1')))
    }
  }
  if (step.kind === 'ready') assert.equal(asked, talk.map(([question]) => question).join(''))
  return step.kind
}

function withAnswer(row: DialectRow, at: number, answer: string): DialectRow {
  if (at === -1) return { ...row, greeting: answer }
  return { ...row, talk: row.talk.map(([asked, was], index) => [asked, index === at ? answer : was] as const) }
}

it('every protocol of the settings has its row', () => {
  assert.deepEqual(dialectTable.map(({ protocol }) => protocol).toSorted(), [...starttlsProtocols].toSorted())
})

for (const row of dialectTable) {
  describe(row.protocol, { concurrency: true }, () => {
    it('works: TLS under the policy, and the caller gets what its protocol wants', async (t) => {
      const opened = await connect(t, row, (socket) => speak(socket, row, secure))
      assert.equal(opened.backend.verdict?.outcome, 'trusted')
      assert.equal(await callerGets(opened, 'inside\n'), `${row.callerGets}hello inside\n`)
      opened.backend.wire.write('there and back\n')
      assert.equal(await callerGets(opened, 'back\n'), 'there and back\n')
    })

    it('refuses a byte behind the go-ahead', async (t) => {
      const last = row.talk.length - 1
      const [at, was] = row.protocol === 'mysql' ? [-1, row.greeting] : [last, row.talk[last]?.[1]]
      const injecting = withAnswer(row, at, `${was}x`)
      const { code, message } = await refusal(t, row, (socket) => speak(socket, injecting, secure))
      assert.equal(code, 'BACKEND_STARTTLS_FAILED', message)
      assert.match(message, /sent more in plain text behind its go-ahead/)
    })

    for (const [at, answer] of row.also) {
      it(`works with ${JSON.stringify(answer).slice(0, 60)}`, () => {
        assert.equal(play(withAnswer(row, at, answer)), 'ready')
      })
    }

    for (const [at, answer] of row.broken) {
      it(`refuses ${JSON.stringify(answer).slice(0, 60)}`, () => {
        assert.equal(play(withAnswer(row, at, answer)), 'broken')
      })
    }

    it('works byte by byte', () => {
      assert.equal(play(row, 1), 'ready')
    })

    it('refuses a backend that goes on before it is asked, wherever that is', () => {
      const words = [[-1, row.greeting ?? ''], ...row.talk.map(([, answer], at) => [at, answer])] as [number, string][]
      // Of the last word it is the injection, which has its own words.
      for (const [at, said] of words.filter(([, text]) => text !== '')) {
        assert.equal(play(withAnswer(row, at, `${said}x`)), 'broken', `behind ${JSON.stringify(said)}`)
        assert.equal(play(withAnswer(row, at, `${said}x\r\n`)), 'broken', `behind ${JSON.stringify(said)}`)
      }
    })

    it('refuses a backend that answers what it was not asked yet', () => {
      const words = [row.greeting ?? '', ...row.talk.map(([, answer]) => answer)]
      for (const [index, said] of words.slice(0, -1).entries()) {
        const next = words[index + 1] ?? ''
        if (said === '' || next === '') continue
        const ahead = withAnswer(withAnswer(row, index - 1, said + next), index, '')
        assert.equal(play(ahead), 'broken', `behind ${JSON.stringify(said)}`)
      }
    })

    it('is not brought down by any one byte that is wrong', () => {
      const words = [row.greeting ?? '', ...row.talk.map(([, answer]) => answer)]
      for (const [index, word] of words.entries()) {
        for (let at = 0; at < word.length; at += 1) {
          const spoiled = `${word.slice(0, at)}\0${word.slice(at + 1)}`
          assert.doesNotThrow(() => play(withAnswer(row, index - 1, spoiled)))
        }
      }
    })

    for (const [at, answer] of row.stripped) {
      it(`refuses a backend that does not offer TLS: ${JSON.stringify(answer).slice(0, 60)}`, async (t) => {
        const { code } = await refusal(t, row, (socket) => speak(socket, withAnswer(row, at, answer), secure))
        assert.equal(code, 'BACKEND_NO_STARTTLS')
      })
    }

    it('goes on in plain text with such a backend when the rule says so, on a fresh connection', async (t) => {
      const [at, answer] = row.stripped[0] as readonly [number, string]
      let connections = 0
      const opened = await connect(
        t,
        row,
        (socket) => {
          connections += 1
          if (connections === 1) speak(socket, withAnswer(row, at, answer), secure)
          else socket.write('hello in the open\n')
        },
        'may',
      )
      assert.equal(opened.backend.verdict, undefined)
      assert.match(opened.plainBecause ?? '', /offer|answered|refused/)
      assert.equal(await callerGets(opened, 'open\n'), 'hello in the open\n')
    })

    it('refuses garbage', async (t) => {
      const { code } = await refusal(t, row, (socket) => socket.write(`${'\xee'.repeat(64)}\r\n`, 'latin1'))
      assert.equal(code, 'BACKEND_STARTTLS_FAILED')
    })

    it('refuses a flood', async (t) => {
      const { code } = await refusal(t, row, (socket) => socket.write(Buffer.alloc(100_000, 'a')))
      assert.equal(code, 'BACKEND_STARTTLS_FAILED')
    })

    it('gives up on a backend that drips', async (t) => {
      const words = row.greeting ?? row.talk[0]?.[1] ?? ''
      let connections = 0
      const { code, message } = await refusal(t, row, (socket) => {
        connections += 1
        let said = 0
        const drip = setInterval(() => socket.write(words.slice(said, ++said).slice(0, 1), 'latin1'), 50)
        // One byte is the whole answer of PostgreSQL: of that one there is only the silence before it.
        if (words.length === 1) clearInterval(drip)
        socket.on('close', () => clearInterval(drip))
      })
      assert.equal(code, 'BACKEND_HANDSHAKE_TIMEOUT')
      assert.match(message, /did not get to the beginning of TLS in time/)
      assert.equal(connections, 1, 'TLS was not reached, so it is not tried again in another way')
    })

    it('refuses a backend that closes in the middle', async (t) => {
      for (const leave of ['end', 'resetAndDestroy'] as const) {
        const { code } = await refusal(t, row, (socket) => {
          socket.write((row.greeting ?? '').slice(0, 3), () => socket[leave]())
        })
        // A reset may come before the connection is known to stand.
        assert.ok(code === 'BACKEND_STARTTLS_FAILED' || (leave !== 'end' && code === 'BACKEND_CONNECT_REFUSED'), code)
      }
    })
  })
}
