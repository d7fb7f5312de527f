/** The SOCKS5 door: what it takes to get a tunnel, how each refusal is answered, and that CONNECT's rules hold here too. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ErrorCode, SidecarError } from '../../../src/errors.ts'
import { replyFor } from '../../../src/proxy/socks/socks-voice.ts'
import { type EntranceOptions, startEntrance, startRawBackend } from '../../kit/entrance.ts'
import { makePolicy, makeRule, pattern } from '../../kit/policies.ts'
import { turns } from '../../kit/wires.ts'

const METHODS = '\x05\x01\x00'
const NO_METHODS_NEEDED = '\x05\x00'
const REQUEST = '\x05\x01\x00\x03\x06b.test\x01\xbb'
const OPEN = '\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00'
const HELLO = '\x16\x03\x01\x00\x05hello'
const refusal = (reply: number) => `\x05${String.fromCharCode(reply)}${OPEN.slice(2)}`

async function started(t: TestContext, options: EntranceOptions = {}) {
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port, { door: 'socks', ...options })
  return { backend, entrance, caller: await entrance.connect() }
}

test('a tunnel carries TLS both ways, and is told as one of the entrance socks', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(METHODS)
  await caller.receive(NO_METHODS_NEEDED)
  caller.send(REQUEST)
  await caller.receive(OPEN)
  caller.send(HELLO)
  const connection = await backend.accepted()
  await connection.receive('hello')
  connection.send('server hello')
  await caller.receive('server hello')
  caller.socket.end()
  connection.socket.end()
  const { entrance: door, kind, method, host, port, error, bytesOut } = await entrance.record(0)
  assert.deepEqual(
    { door, kind, method, host, port, error, bytesOut },
    { door: 'socks', kind: 'connect', method: 'CONNECT', host: 'b.test', port: 443, error: '', bytesOut: HELLO.length },
  )
})

test('all of it in one piece, or byte by byte, gives the same tunnel', async (t) => {
  for (const inPieces of [false, true]) {
    const { backend, caller } = await started(t)
    const pieces = inPieces ? [...METHODS, ...REQUEST, ...HELLO] : [METHODS + REQUEST + HELLO]
    for (const piece of pieces) {
      caller.send(piece)
      await turns()
    }
    assert.equal(await (await backend.accepted()).receive('hello'), HELLO)
    assert.equal(await caller.receive(OPEN), NO_METHODS_NEEDED + OPEN)
  }
})

test('what is not TLS does not get into a tunnel', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(`${METHODS + REQUEST}GET / HTTP/1.1\r\n\r\n`)
  await caller.until(({ closed }) => closed)
  const connection = await backend.accepted()
  await connection.until(({ ended, closed }) => ended || closed)
  assert.equal(connection.received, '')
  assert.equal((await entrance.record(0)).error, 'POLICY_NOT_TLS')
})

const denies = makePolicy({ rules: [makeRule({ name: 'no', match: [pattern('b.test')], action: 'deny' })] })
const refusals: [reason: string, options: EntranceOptions, sent: string, answer: string, error: ErrorCode][] = [
  ['a rule denies', { policy: denies }, METHODS + REQUEST, NO_METHODS_NEEDED + refusal(2), 'POLICY_RULE_DENIES'],
  [
    'the verdict refuses',
    { refuseDial: new SidecarError('POLICY_VERDICT_REFUSED', 'expired') },
    METHODS + REQUEST + HELLO,
    NO_METHODS_NEEDED + refusal(2),
    'POLICY_VERDICT_REFUSED',
  ],
  ['BIND', {}, `${METHODS}\x05\x02\x00\x01`, NO_METHODS_NEEDED + refusal(7), 'CALLER_BAD_SOCKS'],
  [
    'no name anybody has',
    {},
    `${METHODS}\x05\x01\x00\x03\x01/\x01\xbb`,
    NO_METHODS_NEEDED + refusal(1),
    'CALLER_BAD_TARGET',
  ],
  ['SOCKS4', {}, '\x04\x01\x00\x50\x01\x02\x03\x04\x00', '', 'CALLER_BAD_SOCKS'],
  ['only a password offered', {}, '\x05\x01\x02', '\x05\xff', 'CALLER_NOT_AUTHENTICATED'],
  [
    'too many tunnels',
    { limits: { tunnels: 0 } },
    METHODS + REQUEST,
    NO_METHODS_NEEDED + refusal(1),
    'INTERNAL_AT_LIMIT',
  ],
  ['too many callers', { limits: { callers: 0 } }, '', '', 'INTERNAL_AT_LIMIT'],
]
for (const [reason, options, sent, answer, error] of refusals) {
  test(`refused, answered and closed: ${reason}`, async (t) => {
    const { entrance, caller } = await started(t, options)
    caller.send(sent)
    assert.equal(await caller.receiveAll(), answer)
    assert.equal((await entrance.record(0)).error, error)
    assert.equal(entrance.backends.dialled, 0)
  })
}

test('every reply tells as much as SOCKS can', () => {
  const told: [ErrorCode, ReturnType<typeof replyFor>][] = [
    ['POLICY_UNLISTED', 'notAllowed'],
    ['POLICY_ADDRESS_DENIED', 'notAllowed'],
    ['CALLER_LOOP', 'notAllowed'],
    ['BACKEND_NAME_NOT_FOUND', 'hostUnreachable'],
    ['BACKEND_DNS_FAILED', 'hostUnreachable'],
    ['BACKEND_CONNECT_TIMEOUT', 'hostUnreachable'],
    ['BACKEND_CONNECT_REFUSED', 'connectionRefused'],
    ['BACKEND_UNREACHABLE', 'networkUnreachable'],
    ['BACKEND_HANDSHAKE_FAILED', 'failed'],
    ['INTERNAL_ERROR', 'failed'],
  ]
  for (const [code, reply] of told) assert.equal(replyFor(new SidecarError(code, '')), reply, code)
})

const socksUsers = { alice: 'correct horse' }
const login = (user: string, password: string) =>
  `\x01${String.fromCharCode(user.length)}${user}${String.fromCharCode(password.length)}${password}`

test('with users, the right password opens', async (t) => {
  const { backend, caller } = await started(t, { socksUsers })
  caller.send(`\x05\x02\x00\x02${login('alice', 'correct horse')}${REQUEST}${HELLO}`)
  assert.equal(await caller.receive(OPEN), `\x05\x02\x01\x00${OPEN}`)
  await (await backend.accepted()).receive('hello')
})

const strangers: [reason: string, sent: string, answer: string][] = [
  ['a wrong password', `\x05\x01\x02${login('alice', 'correct horsf')}`, '\x05\x02\x01\x01'],
  ['an unknown user', `\x05\x01\x02${login('mallory', 'correct horse')}`, '\x05\x02\x01\x01'],
  ['a name every object has', `\x05\x01\x02${login('constructor', 'x')}`, '\x05\x02\x01\x01'],
  ['nobody in particular', METHODS, '\x05\xff'],
]
for (const [reason, sent, answer] of strangers) {
  test(`with users, refused before anything is decided: ${reason}`, async (t) => {
    const { entrance, caller } = await started(t, { socksUsers })
    caller.send(sent + REQUEST)
    assert.equal(await caller.receiveAll(), answer)
    const { error, host, message } = await entrance.record(0)
    assert.deepEqual([error, host], ['CALLER_NOT_AUTHENTICATED', ''])
    assert.doesNotMatch(message, /horse|mallory/)
  })
}

test('a caller that drips is waited for as long as for a head, and no longer', async (t) => {
  const { entrance, caller } = await started(t, { timeouts: { headMs: 1 } })
  caller.send('\x05')
  await caller.until(({ closed }) => closed)
  assert.equal((await entrance.record(0)).error, 'CALLER_TIMEOUT')
})

test('one that asks after its generation was retired is served, and is the last to leave', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(METHODS)
  await caller.receive(NO_METHODS_NEEDED)
  const emptied = Promise.withResolvers<void>()
  entrance.entrance.emptied = emptied.resolve
  entrance.entrance.retire(undefined)
  caller.send(REQUEST + HELLO)
  const connection = await backend.accepted()
  await connection.receive('hello')
  caller.socket.end()
  connection.socket.end()
  await emptied.promise
})
