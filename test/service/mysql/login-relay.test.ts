/** What happens to the packets of a login: numbers, ends and bounds, in any segmentation. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MysqlPackets, mysqlFlags, mysqlPacket } from '../../../src/backend/starttls/mysql-packets.ts'
import { LoginRelay } from '../../../src/service/mysql/login-relay.ts'
import { mysqlAnswer } from '../../kit/start-mysql-server.ts'

const packet = (number: number, payload: string) => mysqlPacket({ number, payload: Buffer.from(payload, 'latin1') })
const ok = '\x00\x00\x00\x02\x00\x00\x00'
const answer = { number: 1, payload: mysqlAnswer('ann') }

/** Plays a login from the caller's point of view; gives what the two sides got, or what was wrong. */
function play(steps: readonly (readonly ['caller' | 'backend', Buffer])[], segment = Number.POSITIVE_INFINITY) {
  const relay = new LoginRelay(answer)
  const got = { caller: '', backend: '', isOver: false, bad: '', awaited: relay.awaited }
  for (const [from, bytes] of steps) {
    for (let at = 0; at < bytes.length; at += segment) {
      const part = bytes.subarray(at, at + segment)
      const relayed = from === 'caller' ? relay.fromCaller(part) : relay.fromBackend(part)
      if (relayed.kind === 'bad') return { ...got, bad: relayed.what }
      got[from === 'caller' ? 'backend' : 'caller'] += relayed.write.toString('latin1')
      got.awaited = relay.awaited
      if (relayed.isOver) return { ...got, isOver: true, rest: relay.takeCallerRest().toString('latin1') }
    }
  }
  return got
}

const latin1 = (...packets: Buffer[]) => Buffer.concat(packets).toString('latin1')

it('begins with the answer of the caller, which asks for TLS now and is one further', () => {
  const { opening } = new LoginRelay(answer)
  assert.equal(opening[3], 2)
  const expected = Buffer.from(answer.payload)
  expected.writeUInt32LE(expected.readUInt32LE(0) | mysqlFlags.ssl, 0)
  assert.deepEqual(opening.subarray(4), expected)
  assert.equal(answer.payload.readUInt32LE(0) & mysqlFlags.ssl, 0, 'the answer itself stays as it was')
})

describe('the numbers of a login', () => {
  const logins = {
    'an answer that is taken': { steps: [['backend', packet(3, ok)]], caller: latin1(packet(2, ok)), backend: '' },
    'an answer that is not': {
      steps: [['backend', packet(3, '\xff\x15\x04#28000no')]],
      caller: latin1(packet(2, '\xff\x15\x04#28000no')),
      backend: '',
    },
    'a switch of the plugin, and more than one exchange': {
      steps: [
        ['backend', packet(3, '\xfeclient_ed25519\0salt')],
        ['caller', packet(3, 'signature')],
        ['backend', packet(5, '\xfedialog\0\x02One time code:')],
        ['caller', packet(5, '123456')],
        ['backend', packet(7, ok)],
      ],
      caller: latin1(packet(2, '\xfeclient_ed25519\0salt'), packet(4, '\xfedialog\0\x02One time code:'), packet(6, ok)),
      backend: latin1(packet(4, 'signature'), packet(6, '123456')),
    },
    'two words of the server in a row': {
      steps: [['backend', Buffer.concat([packet(3, '\x01\x03'), packet(4, ok)])]],
      caller: latin1(packet(2, '\x01\x03'), packet(3, ok)),
      backend: '',
    },
    'an empty answer': {
      steps: [
        ['backend', packet(3, '\xfemysql_native_password\0salt')],
        ['caller', packet(3, '')],
        ['backend', packet(5, ok)],
      ],
      caller: latin1(packet(2, '\xfemysql_native_password\0salt'), packet(4, ok)),
      backend: latin1(packet(4, '')),
    },
  } as const
  for (const [name, { steps, caller, backend }] of Object.entries(logins)) {
    for (const segment of [Number.POSITIVE_INFINITY, 1, 3, 5]) {
      it(`are right on both sides: ${name}, in segments of ${segment}`, () => {
        const got = play(steps as never, segment)
        assert.deepEqual([got.bad, got.isOver, got.caller, got.backend], ['', true, caller, backend])
      })
    }
  }

  it('are given to an error as the caller expects them, however the server numbers it', () => {
    const got = play([['backend', packet(0, '\xff\x15\x04#28000no')]])
    assert.equal(got.caller, latin1(packet(2, '\xff\x15\x04#28000no')))
  })

  for (const from of ['caller', 'backend'] as const) {
    it(`end the login when those of the ${from} are not its`, () => {
      const first = ['backend', packet(3, '\xfex\0')] as const
      const wrong = from === 'caller' ? [first, ['caller', packet(4, 'x')]] : [['backend', packet(2, ok)]]
      assert.match(play(wrong as never).bad, new RegExp(`the ${from} numbers a packet of the login with`))
    })
  }

  it('leave a caller no room for a command before it is let in', () => {
    assert.match(play([['caller', packet(0, '\x03drop table users')]]).bad, /numbers a packet of the login with 0/)
  })
})

describe('the end of a login', () => {
  it('leaves everything behind it as it is, on both sides', () => {
    const behind = packet(0, 'behind')
    const got = play([
      ['backend', packet(3, '\xfex\0')],
      ['caller', Buffer.concat([packet(3, 'x'), packet(0, 'part').subarray(0, 6)])],
      ['backend', Buffer.concat([packet(5, ok), behind])],
    ])
    assert.equal(got.caller, latin1(packet(2, '\xfex\0'), packet(4, ok), behind))
    assert.equal((got as { rest?: string }).rest, packet(0, 'part').subarray(0, 6).toString('latin1'))
  })

  it('is not a packet that only begins like an OK', () => {
    assert.equal(play([['backend', packet(3, '\x00\x01\x02')]]).isOver, false)
  })

  it('is waited for by the side whose turn it is', () => {
    assert.equal(play([['backend', packet(3, '\xfex\0')]]).awaited, 'caller')
    assert.equal(play([['backend', packet(3, '\x01\x03')]]).awaited, 'backend')
  })
})

describe('the password itself', () => {
  it('is not asked a key for inside TLS, where the request would be taken for a password', () => {
    const wanted = ['backend', packet(3, '\x01\x04')] as const
    assert.match(play([wanted, ['caller', packet(3, '\x02')]]).bad, /wants the password itself/)
    // Whoever says it as it is, as a client does that holds its connection for secure, is let through.
    assert.equal(play([wanted, ['caller', packet(3, 'secret\0')]]).backend, latin1(packet(4, 'secret\0')))
  })
})

describe('the bounds of a login', () => {
  it('are a number of packets', () => {
    const turns = Array.from({ length: 20 }, (_, turn) => [
      ['backend', packet(3 + 2 * turn, '\xfex\0')],
      ['caller', packet(3 + 2 * turn, 'x')],
    ]).flat()
    assert.match(play(turns as never).bad, /more than 32 packets/)
    assert.equal(play(turns.slice(0, 32) as never).bad, '')
  })

  it('are a number of bytes, whole packets or not', () => {
    const whole = packet(3, `\xfe${'x'.repeat(131_100)}`)
    assert.match(play([['backend', whole]], 16_384).bad, /more than 131072 bytes/)
    assert.equal(play([['backend', packet(3, `\xfe${'x'.repeat(60_000)}`)]], 16_384).bad, '')
  })
})

it('packets come out whole, whatever cuts them', () => {
  const packets = new MysqlPackets()
  const seen: string[] = []
  for (const byte of Buffer.concat([packet(0, 'one'), packet(255, ''), packet(1, 'three')])) {
    packets.push(Buffer.from([byte]))
    const next = packets.next()
    if (next !== undefined) seen.push(`${next.number}:${next.payload}`)
  }
  assert.deepEqual(seen, ['0:one', '255:', '1:three'])
})

it('whatever comes, the numbers that go on are in order, and nothing throws', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((array) => Buffer.from(array))
  // Lengths and numbers that fit are rare among random bytes, so most packets are made to fit.
  const fitting = fc
    .tuple(fc.integer({ min: 2, max: 8 }), bytes)
    .map(([number, payload]) => mysqlPacket({ number, payload }))
  const said = fc.tuple(fc.constantFrom('caller', 'backend'), fc.oneof({ weight: 4, arbitrary: fitting }, bytes))
  fc.assert(
    fc.property(fc.array(said, { maxLength: 20 }), (steps) => {
      const got = play(steps as never)
      for (const [side, text] of [
        ['caller', got.caller],
        ['backend', got.backend],
      ] as const) {
        const packets = new MysqlPackets()
        packets.push(Buffer.from(text, 'latin1'))
        let last = side === 'caller' ? 1 : 2
        for (let next = packets.next(); next !== undefined && !got.isOver; next = packets.next()) {
          assert.ok(next.number > last, `${side}: ${next.number} behind ${last}`)
          last = next.number
        }
      }
    }),
    { numRuns: 2000 },
  )
})
