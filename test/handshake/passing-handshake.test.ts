/** Handshakes of real clients and servers, followed from their bytes alone, however these are cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PassingHandshake } from '../../src/handshake/passing-handshake.ts'
import { readCurve, readPrimeBits } from '../../src/handshake/server-messages.ts'
import { HandshakeSyntaxError } from '../../src/handshake/syntax-error.ts'
import { type HandshakeWish, type RecordedHandshake, recordHandshake } from '../kit/record-handshake.ts'
import { vector } from '../kit/write-client-hello.ts'

const rows: readonly {
  readonly why: string
  readonly wish: HandshakeWish
  readonly version: number
  readonly group?: number | undefined
  readonly certificates?: number
  readonly retries?: boolean
}[] = [
  { why: 'TLS 1.3', wish: { client: { ecdhCurve: 'X25519' } }, version: 0x0304, group: 29 },
  {
    why: 'TLS 1.3 with a hello retry, because the server wants another group',
    wish: { client: { ecdhCurve: 'X25519:P-384' }, server: { ecdhCurve: 'P-384' } },
    version: 0x0304,
    group: 24,
    retries: true,
  },
  {
    why: 'TLS 1.3 with a large post-quantum share',
    wish: { client: { ecdhCurve: 'X25519MLKEM768' }, server: { ecdhCurve: 'X25519MLKEM768' } },
    version: 0x0304,
    group: 0x11ec,
  },
  { why: 'TLS 1.3, resumed', wish: { resume: true, client: { ecdhCurve: 'X25519' } }, version: 0x0304, group: 29 },
  {
    why: 'TLS 1.2 shows its certificate and its curve',
    wish: { client: { maxVersion: 'TLSv1.2', ecdhCurve: 'P-256' } },
    version: 0x0303,
    group: 23,
    certificates: 1,
  },
  {
    why: 'TLS 1.2, resumed, shows none',
    wish: { resume: true, client: { maxVersion: 'TLSv1.2' } },
    version: 0x0303,
    certificates: 0,
  },
  {
    why: 'TLS 1.2 whose server asks for a client certificate',
    wish: {
      client: { maxVersion: 'TLSv1.2', ecdhCurve: 'P-256' },
      server: { requestCert: true, rejectUnauthorized: false },
    },
    version: 0x0303,
    group: 23,
    certificates: 1,
  },
  {
    why: 'TLS 1.0',
    wish: {
      client: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0', ecdhCurve: 'P-256' },
      server: { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' },
    },
    version: 0x0301,
    group: 23,
    certificates: 1,
  },
]

/** Plays what passed in pieces of these sizes, and gives the handshake as it stands at the end. */
function followed({ turns }: RecordedHandshake, sizes: Iterator<number>): PassingHandshake {
  const passing = new PassingHandshake()
  for (const { from, bytes } of turns) {
    let at = 0
    while (at < bytes.length && passing.stage !== 'seen' && passing.stage !== 'failed') {
      const piece = bytes.subarray(at, at + (sizes.next().value as number))
      // What follows a hello waits for its answer, as it would at a holder of bytes.
      const taken = from === 'client' ? passing.fromClient(piece) : piece.length
      if (from === 'server') passing.fromServer(piece)
      if (taken === 0) break
      at += taken
    }
  }
  return passing
}

function groupOf({ server, serverKeyExchange }: PassingHandshake): number | undefined {
  return serverKeyExchange === undefined ? server?.group : readCurve(serverKeyExchange)
}

function* always(size: number): Generator<number> {
  while (true) yield size
}

for (const { why, wish, version, group, certificates = 0 } of rows) {
  test(`a handshake is followed to its end: ${why}`, async () => {
    const recorded = await recordHandshake(wish)
    const cuts = [always(Number.MAX_SAFE_INTEGER), always(1), always(3), always(1460)]
    for (const sizes of cuts) {
      const passing = followed(recorded, sizes)
      assert.equal(passing.stage, 'seen')
      assert.equal(passing.client?.serverName, 'a.test')
      assert.equal(passing.server?.version, version)
      assert.equal(groupOf(passing), group)
      assert.equal(passing.certificates.length, certificates)
    }
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 600 })), (sizes) => {
        const passing = followed(recorded, sizes)
        assert.deepEqual([passing.stage, passing.server?.version, groupOf(passing)], ['seen', version, group])
      }),
      { numRuns: 30 },
    )
  })
}

test('an alert instead of an answer ends it: the other side refuses, and there is nothing to judge', async () => {
  const { fromClient } = await recordHandshake({})
  const passing = new PassingHandshake()
  passing.fromClient(fromClient)
  passing.fromServer(Buffer.from('15030300020228', 'hex'))
  assert.equal(passing.stage, 'failed')
})

const faults: readonly { readonly why: string; readonly bytes: string; readonly fault: string }[] = [
  { why: 'HTTP', bytes: Buffer.from('GET / HTTP/1.1').toString('hex'), fault: 'not-tls' },
  { why: 'an SSLv2 hello', bytes: '802e010301', fault: 'not-tls' },
  { why: 'a major version that is none', bytes: '1602', fault: 'not-tls' },
  { why: 'application data first', bytes: '170303000568656c6c6f', fault: 'not-tls' },
  { why: 'an alert first', bytes: '15030300020100', fault: 'not-tls' },
  { why: 'an empty record', bytes: '1603010000', fault: 'empty-record' },
  { why: 'a record of 60,000 bytes', bytes: '160301ea60', fault: 'record-too-long' },
  { why: 'a hello of 16 MB', bytes: '160301000401ffffff', fault: 'message-too-long' },
  { why: 'a Finished where the hello belongs', bytes: '160301000414000000', fault: 'unexpected-message' },
  {
    why: 'an alert in the middle of a hello',
    bytes: '160301000401000100'.concat('15030300020100'),
    fault: 'interleaved',
  },
]
for (const { why, bytes, fault } of faults) {
  test(`what cannot be a client's hello is refused: ${why}`, () => {
    assert.throws(
      () => followedClient(Buffer.from(bytes, 'hex')),
      (error) => isFault(error, fault),
    )
    assert.throws(
      () => followedClient(Buffer.from(bytes, 'hex'), 1),
      (error) => isFault(error, fault),
    )
  })
}

function followedClient(bytes: Buffer, size = bytes.length): PassingHandshake {
  const passing = new PassingHandshake()
  for (let at = 0; at < bytes.length; at += size) passing.fromClient(bytes.subarray(at, at + size))
  return passing
}

function isFault(error: unknown, fault: string): boolean {
  assert.ok(error instanceof HandshakeSyntaxError, String(error))
  assert.equal(error.fault, fault)
  return true
}

test('bytes behind the hello in its own record are not let through unseen', async () => {
  const { turns } = await recordHandshake({})
  const record = Buffer.from(turns[0]?.bytes ?? [])
  const length = record.readUInt16BE(3)
  const longer = Buffer.concat([record.subarray(0, 5 + length), Buffer.from([0x0b])])
  longer.writeUInt16BE(length + 1, 3)
  assert.throws(
    () => followedClient(longer),
    (error) => isFault(error, 'surplus'),
  )
})

test('a server may not answer before it is asked, nor change its mind after a retry', async () => {
  const plain = await recordHandshake({ client: { maxVersion: 'TLSv1.2' } })
  assert.throws(
    () => new PassingHandshake().fromServer(plain.fromServer),
    (error) => isFault(error, 'unexpected-message'),
  )
  const retried = await recordHandshake({ client: { ecdhCurve: 'X25519:P-384' }, server: { ecdhCurve: 'P-384' } })
  const [hello, retry, again] = retried.turns
  const passing = new PassingHandshake()
  passing.fromClient(hello?.bytes as Buffer)
  passing.fromServer(retry?.bytes as Buffer)
  assert.equal(passing.stage, 'client-hello')
  passing.fromClient(again?.bytes as Buffer)
  assert.throws(
    () => passing.fromServer(plain.fromServer),
    (error) => isFault(error, 'unexpected-message'),
  )
})

const primes = [
  { why: '2,048 bits', prime: `80${'00'.repeat(255)}`, bits: 2048 },
  { why: 'zeros in front do not count', prime: `0001${'ff'.repeat(126)}`, bits: 1009 },
  { why: 'nothing but zeros', prime: '0000', bits: 0 },
]
for (const { why, prime, bits } of primes) {
  test(`the size of a Diffie-Hellman group is that of its prime: ${why}`, () => {
    assert.equal(readPrimeBits(vector(2, Buffer.from(prime, 'hex'))), bits)
  })
}
