/** What a ClientHello says, and the many ways in which it may not say it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientHello, readClientHello } from '../../src/handshake/client-hello.ts'
import { HandshakeSyntaxError } from '../../src/handshake/syntax-error.ts'
import {
  type HelloWish,
  serverName,
  supportedGroups,
  supportedVersions,
  vector,
  writeClientHello,
} from '../kit/write-client-hello.ts'

const v13 = supportedVersions(0x0304)

const taken: readonly { readonly why: string; readonly wish: HelloWish; readonly says: Partial<ClientHello> }[] = [
  { why: 'a name in mixed case', wish: { extensions: [serverName('A.Test'), v13] }, says: { serverName: 'a.test' } },
  { why: 'no name at all', wish: { extensions: [v13] }, says: { serverName: undefined } },
  { why: 'no extensions at all', wish: { extensions: [] }, says: { serverName: undefined, versions: [0x0303] } },
  {
    why: 'versions beside GREASE',
    wish: { extensions: [supportedVersions(0x7a7a, 0x0304, 0x0303)] },
    says: { versions: [0x0304, 0x0303] },
  },
  {
    why: 'a list of versions overrides the field of old',
    wish: { legacyVersion: 0x0301, extensions: [v13] },
    says: { versions: [0x0304] },
  },
  {
    why: 'without the list nobody speaks TLS 1.3, whatever the field says',
    wish: { legacyVersion: 0x0304, extensions: [] },
    says: { versions: [0x0303] },
  },
  {
    why: 'suites beside GREASE and signals',
    wish: { suites: [0x1a1a, 0x1301, 0x00ff, 0x5600, 0xc02f] },
    says: { suites: [0x1301, 0xc02f] },
  },
  {
    why: 'groups beside GREASE',
    wish: { extensions: [supportedGroups(0xdada, 29, 23)] },
    says: { groups: [29, 23] },
  },
  {
    why: 'a number that looks like GREASE and is none',
    wish: { suites: [0x0a1a, 0x1301] },
    says: { suites: [0x0a1a, 0x1301] },
  },
  {
    why: 'protocols of the application',
    wish: { extensions: [[16, vector(2, Buffer.from('\x02h2\x08http/1.1'))]] },
    says: { alpn: ['h2', 'http/1.1'] },
  },
  {
    why: 'an encrypted hello',
    wish: { extensions: [serverName('public.test'), [0xfe0d, Buffer.alloc(20)]] },
    says: { hasEncryptedHello: true, serverName: 'public.test' },
  },
  {
    why: 'early data on a session',
    wish: {
      extensions: [
        [42, Buffer.alloc(0)],
        [41, Buffer.alloc(8)],
      ],
    },
    says: { sendsEarlyData: true, offersSession: true },
  },
]
for (const { why, wish, says } of taken) {
  test(`a hello is taken: ${why}`, () => {
    const hello = readClientHello(writeClientHello(wish))
    for (const [key, value] of Object.entries(says)) assert.deepEqual(hello[key as keyof ClientHello], value, key)
  })
}

const refused: readonly { readonly why: string; readonly wish: HelloWish; readonly fault: string }[] = [
  { why: 'two names: which one counts?', wish: { extensions: [serverName('a.test', 'b.test')] }, fault: 'surplus' },
  {
    why: 'a name of another kind',
    wish: { extensions: [serverName({ type: 1, name: 'a.test' })] },
    fault: 'bad-value',
  },
  { why: 'a NUL in the name', wish: { extensions: [serverName('a.test\0.evil')] }, fault: 'bad-value' },
  { why: 'a line end in the name', wish: { extensions: [serverName('a.test\n')] }, fault: 'bad-value' },
  { why: 'an empty name', wish: { extensions: [serverName('')] }, fault: 'bad-value' },
  { why: 'an empty list of names', wish: { extensions: [[0, Buffer.alloc(2)]] }, fault: 'truncated' },
  { why: 'an extension of no bytes for the name', wish: { extensions: [[0, Buffer.alloc(0)]] }, fault: 'truncated' },
  {
    why: 'the name twice',
    wish: { extensions: [serverName('a.test'), serverName('b.test')] },
    fault: 'repeated-extension',
  },
  { why: 'versions twice', wish: { extensions: [v13, v13] }, fault: 'repeated-extension' },
  { why: 'an empty list of versions', wish: { extensions: [[43, Buffer.from([0])]] }, fault: 'bad-value' },
  { why: 'half a version', wish: { extensions: [[43, Buffer.from([3, 3, 4, 3])]] }, fault: 'truncated' },
  { why: 'bytes behind the list', wish: { extensions: [[43, Buffer.from([2, 3, 4, 9])]] }, fault: 'surplus' },
  { why: 'no suites', wish: { suites: [] }, fault: 'bad-value' },
  { why: 'no compression method, not even none', wish: { compressions: [] }, fault: 'bad-value' },
  { why: 'a session id of 33 bytes', wish: { sessionId: Buffer.alloc(33) }, fault: 'bad-value' },
]
for (const { why, wish, fault } of refused) {
  test(`a hello is refused: ${why}`, () => {
    assert.throws(
      () => readClientHello(writeClientHello(wish)),
      (error) => faultOf(error) === fault,
    )
  })
}

test('a hello cut at any byte, or with one more, is no hello', () => {
  const whole = writeClientHello()
  assert.ok(readClientHello(whole))
  // Where a hello of old may end: before its extensions.
  const mayEnd = writeClientHello({ extensions: [] }).length - 2
  for (let end = 0; end < whole.length; end++) {
    if (end === mayEnd) continue
    assert.equal(faultOf(catching(() => readClientHello(whole.subarray(0, end)))), 'truncated', `cut at ${end}`)
  }
  assert.equal(faultOf(catching(() => readClientHello(Buffer.concat([whole, Buffer.from([0])])))), 'surplus')
})

function catching(work: () => unknown): unknown {
  try {
    work()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

function faultOf(error: unknown): string {
  assert.ok(error instanceof HandshakeSyntaxError, String(error))
  return error.fault
}
