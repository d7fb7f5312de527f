/** SOCKS5 messages as bytes: what is taken, what is refused and at which byte, and that no segmentation matters. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readCredentials, readMethods, readRequest, type SocksRead } from '../../../src/proxy/socks/read-socks.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

const readers = { readMethods, readCredentials, readRequest }
const taken: [reader: keyof typeof readers, reason: string, hex: string, message: unknown][] = [
  ['readMethods', 'one method', '05 01 00', [0]],
  ['readMethods', 'two methods', '05 02 00 02', [0, 2]],
  ['readCredentials', 'user and password', '01 02 6d65 03 616263', { user: 'me', password: 'abc' }],
  ['readCredentials', 'an empty password, which nobody has', '01 02 6d65 00', { user: 'me', password: '' }],
  ['readRequest', 'an IPv4 address', '05 01 00 01 c0000201 01bb', { host: '192.0.2.1', port: 443 }],
  ['readRequest', 'a name', '05 01 00 03 06 612e74657374 01bb', { host: 'a.test', port: 443 }],
  [
    'readRequest',
    'an IPv6 address',
    '05 01 00 04 20010db8000000000000000000000001 01bb',
    { host: '2001:0db8:0000:0000:0000:0000:0000:0001', port: 443 },
  ],
]
const refused: [reader: keyof typeof readers, reason: string, hex: string, what: RegExp, reply?: string][] = [
  ['readMethods', 'SOCKS4', '04', /0x04, which is not SOCKS5/],
  ['readMethods', 'HTTP', '47', /0x47, which is not SOCKS5/],
  ['readMethods', 'no method', '05 00', /no method/],
  ['readCredentials', 'another version', '05', /unknown version/],
  ['readCredentials', 'no user', '01 00', /no user/],
  ['readRequest', 'another version', '04', /not in SOCKS5/],
  ['readRequest', 'BIND', '05 02', /command 0x02/, 'commandNotSupported'],
  ['readRequest', 'UDP ASSOCIATE', '05 03', /command 0x03/, 'commandNotSupported'],
  ['readRequest', 'a reserved byte that is set', '05 01 01', /reserved/],
  ['readRequest', 'an unknown kind of address', '05 01 00 02', /kind 0x02/, 'addressNotSupported'],
  ['readRequest', 'an empty name', '05 01 00 03 00', /empty name/],
  ['readRequest', 'a name with a NUL', '05 01 00 03 06 6100', /not ASCII/],
  ['readRequest', 'a name in UTF-8', '05 01 00 03 06 c3a4', /not ASCII/],
]

describe('a message of SOCKS5', () => {
  for (const [reader, reason, hex, message] of taken) {
    test(`${reader} takes ${reason}, and leaves what follows`, () => {
      const whole = bytes(hex)
      assert.deepEqual(readers[reader](Buffer.concat([whole, bytes('ff')])), {
        kind: 'message',
        length: whole.length,
        message,
      })
      for (let length = 0; length < whole.length; length += 1) {
        assert.deepEqual(readers[reader](whole.subarray(0, length)), { kind: 'more' }, `${length} bytes of it`)
      }
    })
  }
  for (const [reader, reason, hex, what, reply] of refused) {
    test(`${reader} refuses ${reason} as soon as it shows`, () => {
      const read = readers[reader](bytes(hex)) as SocksRead<unknown> & { kind: 'bad' }
      assert.equal(read.kind, 'bad')
      assert.match(read.what, what)
      assert.equal(read.reply, reply)
    })
  }

  test('any bytes: never a message beyond them, and more bytes never undo a decision', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(readers)), fc.uint8Array({ maxLength: 300 }), (reader, random) => {
        const all = Buffer.from(random)
        let decided: SocksRead<unknown> | undefined
        for (let length = 0; length <= all.length; length += 1) {
          const read = reader(all.subarray(0, length))
          if (decided !== undefined) assert.deepEqual(read, decided)
          else if (read.kind !== 'more') decided = read
          if (read.kind === 'message') assert.ok(read.length <= length)
        }
      }),
      { numRuns: 300 },
    )
  })
})
